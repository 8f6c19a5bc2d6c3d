package inkstone.data;

/**
 * Which parts of a corpus are read.
 *
 * @param seed another seed reads other parts
 * @param share the part of the whole that is read, in (0, 1]
 * @param block bytes above which a document is cut into parts, each of which is drawn for itself
 */
record Sampling(long seed, double share, int block) {

  /** A document longer than this comes in parts, so that memory stays bounded. */
  static final int BLOCK = 1 << 20;

  /** Everything. */
  static final Sampling ALL = new Sampling(0, 1, BLOCK);

  /** A share such that about {@code budget} of {@code total} bytes are read. */
  static Sampling of(long seed, long budget, long total) {
    if (budget >= total) {
      return ALL;
    }
    // A hundred parts or more: the sum of what is drawn then comes close to the budget.
    var block = (int) Math.clamp(budget / 128, 1 << 10, BLOCK);
    return new Sampling(seed, (double) budget / total, block);
  }

  /** Whether that part of that document of that source is read. */
  boolean takes(int source, long document, long part) {
    return share >= 1 || Mix.unit(Mix.mix(seed, source, document, part)) < share;
  }
}
