package inkstone.tensor;

/** An operation on tensors could not be done; the message names the operation and the shapes. */
public final class TensorException extends RuntimeException {

  private static final long serialVersionUID = 1;

  TensorException(String message) {
    super(message);
  }

  TensorException(String message, Throwable cause) {
    super(message, cause);
  }
}
