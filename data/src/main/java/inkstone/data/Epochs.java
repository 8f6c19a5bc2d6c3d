package inkstone.data;

/**
 * Some number of things, read again and again, each time in another order. A function of place and
 * seed, in no memory.
 *
 * @param count how many there are
 * @param seed of the orders
 */
public record Epochs(int count, long seed) {

  /** Checks that there is something. */
  public Epochs {
    if (count < 1) {
      throw new CorpusException("there is nothing to learn from");
    }
  }

  /** Which one comes at a place, counted from 0 over all epochs. */
  public int at(long place) {
    return (int) new Permutation(count, Mix.mix(seed, place / count)).apply(place % count);
  }

  /** A seed of its own for each place. */
  public static long seed(long seed, long place) {
    return Mix.mix(seed, place);
  }
}
