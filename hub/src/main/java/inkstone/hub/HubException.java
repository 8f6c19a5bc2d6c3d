package inkstone.hub;

/** A model cannot be fetched or found. The message says which, why, and what to do. */
public final class HubException extends RuntimeException {

  private static final long serialVersionUID = 1L;

  /** An error with its message. */
  public HubException(String message) {
    super(message);
  }

  /** An error with its message and what led to it. */
  public HubException(String message, Throwable cause) {
    super(message, cause);
  }
}
