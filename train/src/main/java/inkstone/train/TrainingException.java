package inkstone.train;

/** A run cannot begin or go on; the message says what is wrong, where, and what to do. */
public final class TrainingException extends RuntimeException {

  private static final long serialVersionUID = 1;

  /** With what is wrong, where, and the remedy. */
  public TrainingException(String message) {
    super(message);
  }

  /** As above, with what caused it. */
  public TrainingException(String message, Throwable cause) {
    super(message, cause);
  }
}
