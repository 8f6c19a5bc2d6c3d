package inkstone.bench;

/**
 * A side that is asked the same question each round.
 *
 * @param name who it is
 * @param worker who answers; it ends with this
 */
record Asked(String name, Contender worker, String question) implements Side {

  @Override
  public Lap round(double seconds) {
    return worker.lap(question);
  }

  @Override
  public void close() {
    worker.close();
  }

  @Override
  public String toString() {
    return name;
  }
}
