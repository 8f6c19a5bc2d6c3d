package inkstone.model;

/** A model cannot be built, opened or run as asked; the message says what, where and what to do. */
public final class ModelException extends RuntimeException {

  private static final long serialVersionUID = 1;

  /** With what is wrong, where, and the remedy. */
  public ModelException(String message) {
    super(message);
  }

  /** As above, with what caused it. */
  public ModelException(String message, Throwable cause) {
    super(message, cause);
  }
}
