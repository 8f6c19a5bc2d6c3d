package inkstone.train;

import inkstone.data.DataPosition;

/**
 * How far a run is: with weights and moments, all that it takes to go on. Random numbers are made
 * from seed and step, so they need no state.
 *
 * @param step optimizer steps done
 * @param tokens tokens seen
 * @param windows rows of training data given out
 * @param seconds time spent in the loop
 * @param best the lowest held-out loss so far, in nats for each token
 * @param sinceBest evaluations since then
 * @param decayStart the first step of the decay; 0 where it has not begun
 */
public record Progress(
    long step,
    long tokens,
    long windows,
    double seconds,
    double best,
    int sinceBest,
    long decayStart) {

  /** Before the first step. */
  public static final Progress START = new Progress(0, 0, 0, 0, Double.MAX_VALUE, 0, 0);

  DataPosition position() {
    return new DataPosition(windows);
  }

  Progress stepped(long newTokens, DataPosition position, double now) {
    return new Progress(
        step + 1, tokens + newTokens, position.windows(), now, best, sinceBest, decayStart);
  }

  Progress at(double now) {
    return new Progress(step, tokens, windows, now, best, sinceBest, decayStart);
  }

  Progress evaluated(double loss) {
    return loss < best
        ? new Progress(step, tokens, windows, seconds, loss, 0, decayStart)
        : new Progress(step, tokens, windows, seconds, best, sinceBest + 1, decayStart);
  }

  Progress decaying() {
    return new Progress(step, tokens, windows, seconds, best, sinceBest, step + 1);
  }
}
