package inkstone.tensor;

import org.bytedeco.pytorch.global.torch;

/**
 * Where tensors live and are computed on.
 *
 * @param name {@code cpu}, {@code cuda} or {@code cuda:N}
 */
public record Device(String name) {

  /** The processor and main memory. */
  public static final Device CPU = new Device("cpu");

  /** Refuses a name that is no device, and a device that this machine lacks. */
  public Device {
    if (!name.matches("cpu|cuda(:\\d+)?")) {
      throw new TensorException(
          "device '" + name + "' is unknown; give cpu, cuda or cuda:N (N from 0)");
    }
    if (!name.equals("cpu")) {
      Engine.load();
      if (!torch.cuda_is_available()) {
        throw new TensorException(
            "device '"
                + name
                + "' is not available: no CUDA driver or no CUDA build of libtorch on the class"
                + " path; use cpu");
      }
    }
  }

  org.bytedeco.pytorch.Device handle() {
    return new org.bytedeco.pytorch.Device(name);
  }

  @Override
  public String toString() {
    return name;
  }
}
