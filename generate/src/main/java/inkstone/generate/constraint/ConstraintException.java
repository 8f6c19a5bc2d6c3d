package inkstone.generate.constraint;

/** A constraint cannot be used as it is; the message says what is wrong, where, and what to do. */
public final class ConstraintException extends RuntimeException {

  private static final long serialVersionUID = 1;

  /** With what is wrong and the remedy. */
  public ConstraintException(String message) {
    super(message);
  }

  /** As above, with what caused it. */
  public ConstraintException(String message, Throwable cause) {
    super(message, cause);
  }
}
