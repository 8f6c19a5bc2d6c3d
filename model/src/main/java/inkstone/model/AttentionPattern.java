package inkstone.model;

/** Which positions a query may look at. */
public enum AttentionPattern {
  /** A position sees itself and what came before it in its own sequence. */
  CAUSAL,
  /** Every position of a sequence sees every other. */
  FULL
}
