package inkstone.generate;

/** A text cannot be generated as asked; the message says what is wrong and what to do. */
public final class GenerationException extends RuntimeException {

  private static final long serialVersionUID = 1;

  /** With what is wrong and the remedy. */
  public GenerationException(String message) {
    super(message);
  }

  /** As above, with what caused it. */
  public GenerationException(String message, Throwable cause) {
    super(message, cause);
  }
}
