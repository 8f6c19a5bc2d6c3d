package inkstone.bench;

/**
 * A side that is asked the same question each round.
 *
 * @param worker who answers; it ends with this
 */
record Asked(Contender worker, String question) implements Side {

  @Override
  public Lap round(double seconds) {
    return worker.lap(question);
  }

  @Override
  public void close() {
    worker.close();
  }
}
