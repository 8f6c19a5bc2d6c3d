package inkstone.generate;

/** Why a generation ended. */
public enum FinishReason {
  /**
   * The model wrote its end-of-text token, a stop string appeared, or a constraint is fulfilled.
   */
  STOP,
  /** The asked number of tokens, or the model's context, was used up. */
  LENGTH,
  /** The caller closed the stream. */
  CANCELLED
}
