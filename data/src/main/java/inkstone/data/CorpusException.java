package inkstone.data;

/** A corpus, or token shards, that cannot be used; the message says what to do. */
public final class CorpusException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  /** With what is wrong and the remedy. */
  public CorpusException(String message) {
    super(message);
  }

  CorpusException(String message, Throwable cause) {
    super(message, cause);
  }
}
