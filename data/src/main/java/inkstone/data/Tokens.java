package inkstone.data;

/** A long row of token ids. Safe for use by many threads. */
public interface Tokens {

  /** How many there are. */
  long size();

  /** Copies the ids {@code [from, from + count)} to {@code target[at, at + count)}. */
  void read(long from, int[] target, int at, int count);
}
