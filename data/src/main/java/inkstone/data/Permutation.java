package inkstone.data;

/**
 * A permutation of {@code [0, size)} drawn by a seed, in no memory: a Feistel network over the next
 * power of four, walked on until the result lies in range (Black and Rogaway 2002, "Ciphers with
 * arbitrary finite domains", section 3, cycle walking).
 */
final class Permutation {
  private static final int ROUNDS = 6;

  private final long size;
  private final long seed;
  private final int half;

  Permutation(long size, long seed) {
    this.size = size;
    this.seed = seed;
    this.half = (65 - Long.numberOfLeadingZeros(size - 1)) / 2;
  }

  /** Where {@code index} goes. */
  long apply(long index) {
    var mask = (1L << half) - 1;
    var value = index;
    do {
      var left = value >>> half;
      var right = value & mask;
      for (int round = 0; round < ROUNDS; round++) {
        var next = left ^ (Mix.mix(seed, round, right) & mask);
        left = right;
        right = next;
      }
      value = left << half | right;
    } while (value >= size);
    return value;
  }
}
