package inkstone.bench;

/**
 * How long to measure.
 *
 * @param count rounds of each side, 1 or more
 * @param seconds the least time of a round, in whole steps; more than 0
 */
public record Rounds(int count, double seconds) {

  /** Refuses what measures nothing. */
  public Rounds {
    if (count < 1) {
      throw new BenchException("--rounds " + count + " measures nothing; give 1 or more");
    }
    if (!(seconds > 0) || Double.isInfinite(seconds)) {
      throw new BenchException("--seconds " + seconds + " is no time; give more than 0");
    }
  }
}
