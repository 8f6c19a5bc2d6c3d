package inkstone.bench;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalLong;
import java.util.function.Consumer;
import java.util.function.ToDoubleFunction;

/**
 * The rounds of two sides.
 *
 * @param better which figures are good ones: rates, or else seconds
 * @param ours one lap a round
 * @param theirs as many, or none where there is no peer
 */
record Duel(PairedRounds.Better better, List<Lap> ours, List<Lap> theirs) {

  /** Copies the laps. */
  Duel {
    ours = List.copyOf(ours);
    theirs = List.copyOf(theirs);
  }

  /**
   * Lets the sides work strictly in turn; every other round the peer begins, so that neither always
   * follows the other.
   */
  static Duel fight(
      PairedRounds.Better better,
      Side us,
      Optional<Side> peer,
      Rounds rounds,
      Consumer<String> progress) {
    var ours = new ArrayList<Lap>();
    var theirs = new ArrayList<Lap>();
    for (int round = 0; round < rounds.count(); round++) {
      if (round % 2 == 0) {
        ours.add(us.round(rounds.seconds()));
        peer.ifPresent(p -> theirs.add(p.round(rounds.seconds())));
      } else {
        peer.ifPresent(p -> theirs.add(p.round(rounds.seconds())));
        ours.add(us.round(rounds.seconds()));
      }
      progress.accept(
          "round %d of %d: %s"
              .formatted(round + 1, rounds.count(), new Duel(better, ours, theirs).last()));
    }
    return new Duel(better, ours, theirs);
  }

  /** What the last round gave, as a line. */
  private String last() {
    var figures = figures();
    boolean rates = better == PairedRounds.Better.HIGHER;
    var mine = number(figures.ours().getLast()) + (rates ? " tokens/s" : " s");
    return "ours "
        + mine
        + (theirs.isEmpty()
            ? ""
            : String.format(
                Locale.ROOT,
                ", theirs %s, ratio %.3f",
                number(figures.theirs().getLast()),
                figures.ratios().getLast()));
  }

  /** Three digits or more. */
  static String number(double figure) {
    return String.format(Locale.ROOT, figure < 100 ? "%.2f" : "%,.0f", figure);
  }

  /** The figures of both sides: rates where more is better, seconds where less is. */
  PairedRounds figures() {
    ToDoubleFunction<Lap> figure =
        better == PairedRounds.Better.HIGHER ? Lap::tokensPerSecond : Lap::seconds;
    return new PairedRounds(better, each(ours, figure), each(theirs, figure));
  }

  private static List<Double> each(List<Lap> laps, ToDoubleFunction<Lap> figure) {
    return laps.stream().mapToDouble(figure).boxed().toList();
  }

  /** The most memory that a side held, in bytes; empty where any lap lacks it. */
  static OptionalLong peak(List<Lap> laps) {
    return laps.stream().allMatch(lap -> lap.residentBytes().isPresent())
        ? laps.stream().mapToLong(lap -> lap.residentBytes().getAsLong()).max()
        : OptionalLong.empty();
  }

  /** The loss of the last step; empty where none was told. */
  static OptionalDouble lastLoss(List<Lap> laps) {
    return laps.isEmpty() || Double.isNaN(laps.getLast().loss())
        ? OptionalDouble.empty()
        : OptionalDouble.of(laps.getLast().loss());
  }

  /** The peer's peak of memory over ours. */
  OptionalDouble memoryRatio() {
    var mine = peak(ours);
    var others = peak(theirs);
    return mine.isPresent() && others.isPresent()
        ? OptionalDouble.of((double) others.getAsLong() / mine.getAsLong())
        : OptionalDouble.empty();
  }
}
