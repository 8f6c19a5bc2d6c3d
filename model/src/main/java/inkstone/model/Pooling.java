package inkstone.model;

/** How the hidden states of a text become one row (Reimers and Gurevych, 2019, section 3). */
public enum Pooling {
  /** The mean over all tokens, those around the text among them. */
  MEAN,
  /** That of the first token. */
  CLS
}
