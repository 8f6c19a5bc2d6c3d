package inkstone.text;

/** A chat template that is broken, runs away or refuses its messages; the message says where. */
public final class TemplateException extends RuntimeException {

  private static final long serialVersionUID = 1;

  /** With a message for the person who has to mend it. */
  public TemplateException(String message) {
    super(message);
  }

  /** With the cause that a programmer may want to see. */
  public TemplateException(String message, Throwable cause) {
    super(message, cause);
  }
}
