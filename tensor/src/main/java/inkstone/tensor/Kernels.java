package inkstone.tensor;

import java.util.Arrays;

/** Whether our own kernels can run in this process: they need the Vector API. */
final class Kernels {

  /**
   * Where the module is not there (no {@code --add-modules jdk.incubator.vector}), libtorch does.
   */
  static final boolean AVAILABLE =
      ModuleLayer.boot().findModule("jdk.incubator.vector").isPresent();

  private Kernels() {}

  /** Whether there is a better product than libtorch's: float32 on the CPU. */
  static boolean multiplies(Tensor x) {
    return x.dtype() == DType.FLOAT32 && x.device().equals(Device.CPU) && x.count() > 0;
  }

  /**
   * Whether products of such tensors are better done in float32: bfloat16 where the CPU has no
   * units for it.
   */
  static boolean widens(Tensor x) {
    return x.dtype() == DType.BFLOAT16 && x.device().equals(Device.CPU) && !Half.MULTIPLIES;
  }

  /** Whether x is bfloat16 on the CPU, and the weight too or float32. */
  static boolean isHalf(Tensor x, Tensor weight) {
    return x.dtype() == DType.BFLOAT16
        && (weight.dtype() == DType.BFLOAT16 || weight.dtype() == DType.FLOAT32)
        && x.device().equals(Device.CPU)
        && weight.device().equals(Device.CPU);
  }

  /** Whether a kernel may take these: all float32 or all bfloat16, on the CPU. */
  static boolean take(Tensor first, Tensor... others) {
    var type = first.dtype();
    return AVAILABLE
        && (type == DType.FLOAT32 || type == DType.BFLOAT16)
        && first.device().equals(Device.CPU)
        && Arrays.stream(others)
            .allMatch(each -> each.dtype() == type && each.device().equals(Device.CPU));
  }

  /** Asked late: the answer needs libtorch, which takes its time to load. */
  private static final class Half {
    /** Whether libtorch multiplies bfloat16 on this CPU by more than a plain loop. */
    static final boolean MULTIPLIES = Operators.multipliesBfloat16();
  }
}
