package inkstone.words;

/**
 * Random numbers for one thread: xorshift64* (Vigna, 2016), begun from a mixed seed. A word is
 * drawn some six times for each one read, so each draw is a few instructions.
 */
final class Draws {

  private long state;

  Draws(long seed) {
    restart(seed);
  }

  /** Begins again; every seed gives another row of numbers (SplitMix64's mixing). */
  void restart(long seed) {
    long z = seed + 0x9E3779B97F4A7C15L;
    z = (z ^ (z >>> 30)) * 0xBF58476D1CE4E5B9L;
    z = (z ^ (z >>> 27)) * 0x94D049BB133111EBL;
    z ^= z >>> 31;
    state = z == 0 ? 1 : z;
  }

  long next() {
    state ^= state >>> 12;
    state ^= state << 25;
    state ^= state >>> 27;
    return state * 0x2545F4914F6CDD1DL;
  }

  /** Uniform in [0, bound). */
  int below(int bound) {
    return (int) (((next() >>> 32) * bound) >>> 32);
  }

  /** Uniform in [0, 1). */
  float unit() {
    return (next() >>> 40) * 0x1p-24f;
  }
}
