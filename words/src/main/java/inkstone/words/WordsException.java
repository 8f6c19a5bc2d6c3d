package inkstone.words;

/** Word vectors cannot be learned, read or asked; says what is wrong, where, and what to do. */
public final class WordsException extends RuntimeException {

  private static final long serialVersionUID = 1;

  /** With what is wrong, where, and the remedy. */
  public WordsException(String message) {
    super(message);
  }

  /** As above, with what caused it. */
  public WordsException(String message, Throwable cause) {
    super(message, cause);
  }
}
