package inkstone.data;

/**
 * How far training has read; kept in a checkpoint.
 *
 * @param windows rows given out so far, over all epochs
 */
public record DataPosition(long windows) {

  /** Before the first row. */
  public static final DataPosition START = new DataPosition(0);

  /** Behind that batch. */
  public DataPosition after(TokenBatch batch) {
    return new DataPosition(windows + batch.sequences());
  }
}
