package inkstone.bench;

import java.util.List;
import java.util.OptionalDouble;
import java.util.stream.IntStream;

/**
 * What two sides measured in turn. A machine drifts (heat, neighbours), so each round of ours is
 * compared with the peer's round beside it, and the median of those ratios counts.
 *
 * @param better which figures are good ones
 * @param ours one figure a round
 * @param theirs as many; none where there is no peer
 */
public record PairedRounds(Better better, List<Double> ours, List<Double> theirs) {

  /** Which of two figures is the better one. */
  public enum Better {
    /** Of rates, such as tokens per second. */
    HIGHER,
    /** Of costs, such as seconds or bytes. */
    LOWER
  }

  /**
   * Refuses no rounds at all, rounds without a partner, and figures that are not positive numbers.
   */
  public PairedRounds {
    ours = List.copyOf(ours);
    theirs = List.copyOf(theirs);
    if (ours.isEmpty()) {
      throw new BenchException("no round was measured; ask for 1 or more");
    }
    if (!theirs.isEmpty() && theirs.size() != ours.size()) {
      throw new BenchException(
          "%d rounds of ours and %d of the peer make no pairs"
              .formatted(ours.size(), theirs.size()));
    }
    ours.forEach(PairedRounds::check);
    theirs.forEach(PairedRounds::check);
  }

  /** The median of our rounds. */
  public double oursMedian() {
    return median(ours);
  }

  /** The median of the peer's rounds; empty without a peer. */
  public OptionalDouble theirsMedian() {
    return theirs.isEmpty() ? OptionalDouble.empty() : OptionalDouble.of(median(theirs));
  }

  /** One ratio a round, above 1 where we are better; none without a peer. */
  public List<Double> ratios() {
    return IntStream.range(0, theirs.size())
        .mapToObj(
            i ->
                switch (better) {
                  case HIGHER -> ours.get(i) / theirs.get(i);
                  case LOWER -> theirs.get(i) / ours.get(i);
                })
        .toList();
  }

  /** The median of {@link #ratios}; empty without a peer. */
  public OptionalDouble ratio() {
    return theirs.isEmpty() ? OptionalDouble.empty() : OptionalDouble.of(median(ratios()));
  }

  /** The worst round's ratio; empty without a peer. */
  public OptionalDouble ratioMin() {
    return ratios().stream().mapToDouble(r -> r).min();
  }

  /** The best round's ratio; empty without a peer. */
  public OptionalDouble ratioMax() {
    return ratios().stream().mapToDouble(r -> r).max();
  }

  /** The middle figure, or the mean of the two in the middle; of one figure or more. */
  static double median(List<Double> figures) {
    var sorted = figures.stream().mapToDouble(f -> f).sorted().toArray();
    int half = sorted.length / 2;
    return sorted.length % 2 == 1 ? sorted[half] : (sorted[half - 1] + sorted[half]) / 2;
  }

  private static void check(double figure) {
    if (!(figure > 0) || Double.isInfinite(figure)) {
      throw new BenchException("a round measured " + figure + ", which is not a positive number");
    }
  }
}
