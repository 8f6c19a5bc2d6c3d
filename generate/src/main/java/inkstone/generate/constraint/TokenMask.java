package inkstone.generate.constraint;

/** The tokens that may come next: a bit for each id. */
public final class TokenMask {

  private final long[] bits;
  private final int count;

  TokenMask(long[] bits) {
    this.bits = bits;
    int ones = 0;
    for (long word : bits) {
      ones += Long.bitCount(word);
    }
    count = ones;
  }

  /** Whether the token {@code id}, 0 or more, may come. */
  public boolean allows(int id) {
    return id >> 6 < bits.length && (bits[id >> 6] >> (id & 63) & 1) != 0;
  }

  /** How many tokens may come. */
  public int count() {
    return count;
  }

  /** Makes the score of every token that must not come minus infinity. */
  public void apply(float[] scores) {
    for (int id = 0; id < scores.length; id++) {
      if (!allows(id)) {
        scores[id] = Float.NEGATIVE_INFINITY;
      }
    }
  }
}
