package inkstone.bench;

/** One of the two that are measured in turn. */
interface Side extends AutoCloseable {

  /**
   * Works once and says what it did.
   *
   * @param seconds how long at least, where the work has no size of its own
   */
  Lap round(double seconds);

  @Override
  void close();
}
