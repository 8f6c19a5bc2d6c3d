package inkstone.tensor;

import org.bytedeco.pytorch.global.torch;

/**
 * The random numbers of tensors: initial weights and dropout.
 *
 * <p>There is one stream for the process. A loop that must be repeatable from any step reseeds it
 * with {@link #seed(long, long)} at each step, so there is no state to save.
 */
public final class Random {

  private Random() {}

  /** Starts the stream of {@code seed}. */
  public static void seed(long seed) {
    Engine.load();
    torch.manual_seed(seed);
  }

  /** Starts the stream of one step of a seeded loop. */
  public static void seed(long seed, long step) {
    seed(mix(seed + mix(step)));
  }

  /** Normally distributed float32 numbers. */
  public static Tensor normal(double mean, double deviation, long... shape) {
    try (var scope = Scope.open()) {
      var standard =
          Native.call(
              "normal", () -> torch.randn(shape, Native.options(DType.FLOAT32, Device.CPU)));
      return scope.out(
          standard
              .mulInPlace(deviation)
              .addInPlace(Tensor.full(mean, DType.FLOAT32, Device.CPU), 1));
    }
  }

  /** SplitMix64's finaliser (Steele, Lea and Flood, 2014, figure 14). */
  private static long mix(long z) {
    z += 0x9E3779B97F4A7C15L;
    z = (z ^ (z >>> 30)) * 0xBF58476D1CE4E5B9L;
    z = (z ^ (z >>> 27)) * 0x94D049BB133111EBL;
    return z ^ (z >>> 31);
  }
}
