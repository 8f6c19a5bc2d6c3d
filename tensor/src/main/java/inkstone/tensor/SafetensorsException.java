package inkstone.tensor;

/** A safetensors file that cannot be read or written; the message names file, tensor and remedy. */
public final class SafetensorsException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  SafetensorsException(String message) {
    super(message);
  }

  SafetensorsException(String message, Throwable cause) {
    super(message, cause);
  }
}
