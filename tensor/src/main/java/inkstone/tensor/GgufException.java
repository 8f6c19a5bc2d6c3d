package inkstone.tensor;

/** A GGUF file that cannot be read or written; the message names file, place and remedy. */
public final class GgufException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  GgufException(String message) {
    super(message);
  }

  GgufException(String message, Throwable cause) {
    super(message, cause);
  }
}
