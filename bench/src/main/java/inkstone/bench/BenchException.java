package inkstone.bench;

import org.jspecify.annotations.Nullable;

/** A measurement cannot begin or go on; the message says what is wrong, where, and what to do. */
public final class BenchException extends RuntimeException {

  private static final long serialVersionUID = 1;

  /** With what is wrong, where, and the remedy. */
  public BenchException(String message) {
    super(message);
  }

  /** As above, with what caused it, where that is known. */
  public BenchException(String message, @Nullable Throwable cause) {
    super(message, cause);
  }
}
