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
 * @param ours one lap a round
 * @param theirs as many, or none where there is no peer
 */
record Duel(List<Lap> ours, List<Lap> theirs) {

  /** Copies the laps. */
  Duel {
    ours = List.copyOf(ours);
    theirs = List.copyOf(theirs);
  }

  /**
   * Lets the sides work strictly in turn; every other round the peer begins, so that neither always
   * follows the other.
   */
  static Duel fight(Side us, Optional<Side> peer, Rounds rounds, Consumer<String> progress) {
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
      progress.accept(line(round + 1, rounds.count(), ours.getLast(), last(theirs)));
    }
    return new Duel(ours, theirs);
  }

  private static Optional<Lap> last(List<Lap> laps) {
    return laps.isEmpty() ? Optional.empty() : Optional.of(laps.getLast());
  }

  private static String line(int round, int rounds, Lap ours, Optional<Lap> theirs) {
    double rate = ours.tokensPerSecond();
    var line =
        String.format(Locale.ROOT, "round %d of %d: ours %,.0f tokens/s", round, rounds, rate);
    return line
        + theirs
            .map(Lap::tokensPerSecond)
            .map(r -> String.format(Locale.ROOT, ", theirs %,.0f, ratio %.3f", r, rate / r))
            .orElse("");
  }

  /** The rates of both sides. */
  PairedRounds rates() {
    return figures(PairedRounds.Better.HIGHER);
  }

  /** Rates where more is better, seconds where less is. */
  PairedRounds figures(PairedRounds.Better better) {
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
