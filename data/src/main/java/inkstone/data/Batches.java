package inkstone.data;

/**
 * Cuts a row of tokens into training batches. A batch is a function of its position, so training
 * that goes on from a {@link DataPosition} sees what it would have seen without the stop. Takes no
 * memory that grows with the tokens. Safe for use by many threads.
 *
 * <pre>{@code
 * var batch = batches.at(position, 12);
 * position = position.after(batch);
 * }</pre>
 */
public final class Batches {
  private final Tokens tokens;
  private final Order order;
  private final int context;
  private final long seed;

  /** How rows follow each other. */
  public enum Order {
    /**
     * The tokens, seen as a ring, are cut into rows from a place drawn for each epoch, and the rows
     * come in an order drawn for each epoch: a token is an input at most once an epoch, and fewer
     * tokens than a row has are left out.
     */
    EPOCH,
    /** Every row starts at a place drawn for itself. */
    RANDOM
  }

  /**
   * Batches of rows of {@code context} tokens.
   *
   * @throws CorpusException if the tokens do not make one row and its targets
   */
  public Batches(Tokens tokens, Order order, int context, long seed) {
    if (context < 1) {
      throw new IllegalArgumentException("a context of " + context + "; it must be 1 or more");
    }
    if (tokens.size() < context + 1L) {
      throw new CorpusException(
          "the training text has %d tokens, a row of context %d needs %d; use more text or a shorter context"
              .formatted(tokens.size(), context, context + 1L));
    }
    this.tokens = tokens;
    this.order = order;
    this.context = context;
    this.seed = seed;
  }

  /** Rows that make up one reading of all tokens. */
  public long windowsPerEpoch() {
    return tokens.size() / context;
  }

  /** The batch of {@code sequences} rows that stands at {@code position}. */
  public TokenBatch at(DataPosition position, int sequences) {
    var batch =
        new TokenBatch(
            new int[sequences * context], new int[sequences * context], sequences, context);
    var row = new int[context + 1];
    for (int i = 0; i < sequences; i++) {
      read(start(position.windows() + i), row);
      System.arraycopy(row, 0, batch.inputs(), i * context, context);
      System.arraycopy(row, 1, batch.targets(), i * context, context);
    }
    return batch;
  }

  private long start(long window) {
    if (order == Order.RANDOM) {
      return Mix.below(Mix.mix(seed, window), tokens.size() - context);
    }
    var count = windowsPerEpoch();
    var epochSeed = Mix.mix(seed, window / count);
    var shift = Mix.below(Mix.mix(epochSeed), tokens.size());
    var place = new Permutation(count, epochSeed).apply(window % count);
    return (shift + place * context) % tokens.size();
  }

  /** Reads a row; behind the last token stands the first. */
  private void read(long start, int[] row) {
    var first = (int) Math.min(row.length, tokens.size() - start);
    tokens.read(start, row, 0, first);
    tokens.read(0, row, first, row.length - first);
  }
}
