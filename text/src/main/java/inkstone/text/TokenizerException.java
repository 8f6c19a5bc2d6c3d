package inkstone.text;

/** A tokenizer that cannot be read, trained or used as asked; the message says what to do. */
public final class TokenizerException extends RuntimeException {

  private static final long serialVersionUID = 1;

  /** With a message for the person who has to mend it. */
  public TokenizerException(String message) {
    super(message);
  }

  /** With the cause that a programmer may want to see. */
  public TokenizerException(String message, Throwable cause) {
    super(message, cause);
  }
}
