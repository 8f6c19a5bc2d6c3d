package inkstone.journal;

/** A journal cannot be read or written. The message says which file and what to do. */
public final class JournalException extends RuntimeException {

  private static final long serialVersionUID = 1L;

  /** An error with its message. */
  public JournalException(String message) {
    super(message);
  }

  /** An error with its message and what led to it. */
  public JournalException(String message, Throwable cause) {
    super(message, cause);
  }
}
