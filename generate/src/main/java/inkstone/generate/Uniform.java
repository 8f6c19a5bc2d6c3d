package inkstone.generate;

/**
 * Random numbers in [0, 1) by seed and count: SplitMix64 (Steele, Lea and Flood, 2014, figure 17,
 * with the finaliser "Mix13" of Stafford), the stream of {@code java.util.SplittableRandom}. It is
 * written out here because that class does not promise its algorithm, and the same seed shall give
 * the same text on every Java.
 */
final class Uniform {

  private static final long GAMMA = 0x9E3779B97F4A7C15L;

  private Uniform() {}

  /** The number at {@code count}, from 0, of the stream of {@code seed}: a multiple of 2^-53. */
  static double at(long seed, long count) {
    long z = seed + (count + 1) * GAMMA;
    z = (z ^ (z >>> 30)) * 0xBF58476D1CE4E5B9L;
    z = (z ^ (z >>> 27)) * 0x94D049BB133111EBL;
    return ((z ^ (z >>> 31)) >>> 11) * 0x1p-53;
  }
}
