package inkstone.generate;

/** A text cannot be generated as asked; the message says what is wrong and what to do. */
public final class GenerationException extends RuntimeException {

  private static final long serialVersionUID = 1;

  GenerationException(String message) {
    super(message);
  }

  GenerationException(String message, Throwable cause) {
    super(message, cause);
  }
}
