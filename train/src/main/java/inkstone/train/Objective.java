package inkstone.train;

/** What a training step minimises. */
public enum Objective {
  /** Cross-entropy of the next token, in nats. */
  NEXT_TOKEN
}
