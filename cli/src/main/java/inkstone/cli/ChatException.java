package inkstone.cli;

/** What was asked of a chat cannot be done; the message says why and what to do. */
final class ChatException extends RuntimeException {

  private static final long serialVersionUID = 1;

  ChatException(String message) {
    super(message);
  }

  ChatException(String message, Throwable cause) {
    super(message, cause);
  }
}
