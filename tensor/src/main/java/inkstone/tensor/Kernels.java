package inkstone.tensor;

/** Whether our own kernels can run in this process: they need the Vector API. */
final class Kernels {

  /**
   * Where the module is not there (no {@code --add-modules jdk.incubator.vector}), libtorch does.
   */
  static final boolean AVAILABLE =
      ModuleLayer.boot().findModule("jdk.incubator.vector").isPresent();

  private Kernels() {}

  /** Whether a kernel may take these: float32 on the CPU. */
  static boolean take(Tensor... inputs) {
    if (!AVAILABLE) {
      return false;
    }
    for (var input : inputs) {
      if (input.dtype() != DType.FLOAT32 || !input.device().equals(Device.CPU)) {
        return false;
      }
    }
    return true;
  }
}
