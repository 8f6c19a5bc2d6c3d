package inkstone.data;

/**
 * Random numbers that are a function of a seed and a counter, so that any of them can be had again
 * without those before it.
 */
final class Mix {
  private Mix() {}

  /**
   * The finaliser of SplitMix64 (Steele, Lea and Flood, 2014, "Fast splittable PRNGs", fig. 14).
   */
  static long mix(long value) {
    var z = value + 0x9E3779B97F4A7C15L;
    z = (z ^ (z >>> 30)) * 0xBF58476D1CE4E5B9L;
    z = (z ^ (z >>> 27)) * 0x94D049BB133111EBL;
    return z ^ (z >>> 31);
  }

  /** A number drawn from the seed and further numbers, order included. */
  static long mix(long seed, long... values) {
    var state = mix(seed);
    for (var value : values) {
      // Turned, so that equal numbers do not cancel out.
      state = mix(Long.rotateLeft(state, 23) ^ mix(value));
    }
    return state;
  }

  /** A number drawn from the seed and a text. */
  static long mix(long seed, String text) {
    var state = mix(seed) ^ text.length();
    for (int i = 0; i < text.length(); i++) {
      state = (state ^ text.charAt(i)) * 0x9E3779B97F4A7C15L;
      state ^= state >>> 32;
    }
    return mix(state);
  }

  /** The number as a fraction in [0, 1). */
  static double unit(long random) {
    return (random >>> 11) * 0x1p-53;
  }

  /** The number as a whole one in [0, bound), by the high half of a product (Lemire 2019). */
  static long below(long random, long bound) {
    return Math.unsignedMultiplyHigh(random, bound);
  }
}
