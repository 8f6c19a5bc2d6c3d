package inkstone.journal;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.function.ToDoubleFunction;
import org.jspecify.annotations.Nullable;

/**
 * What happened, to stand beside the plan. A component is null where the run does not tell.
 *
 * @param parameters weights of the network
 * @param tokens tokens trained on
 * @param steps optimizer steps done
 * @param minutes time the command took, over all its processes, as far as the journal knows
 * @param tokensPerSecond median over the steps
 * @param roofShare median over the steps
 * @param reason why it ended; null while it has not
 * @param processes how often the command was started
 */
record Actual(
    @Nullable Long parameters,
    @Nullable Long tokens,
    @Nullable Long steps,
    @Nullable Double minutes,
    @Nullable Double tokensPerSecond,
    @Nullable Double roofShare,
    @Nullable String reason,
    int processes) {

  static Actual of(RunLog log) {
    var steps = log.all(Step.class);
    return new Actual(
        log.find(NetworkBuilt.class).map(NetworkBuilt::parameters).orElse(null),
        steps.isEmpty() ? null : steps.getLast().tokens(),
        steps.isEmpty() ? null : steps.getLast().step(),
        log.events().isEmpty() ? null : seconds(log.events()) / 60,
        median(steps, Step::tokensPerSecond),
        median(steps, Step::roofShare),
        reason(log.events()),
        Math.max(1, log.all(RunStarted.class).size()));
  }

  private static double seconds(List<Recorded> events) {
    var total = 0.0;
    var start = events.getFirst().time();
    var last = start;
    for (var recorded : events) {
      if (recorded.event() instanceof RunStarted) {
        total += between(start, last);
        start = recorded.time();
      }
      last = recorded.time();
      if (recorded.event() instanceof Finished end) {
        total += Math.max(end.seconds(), between(start, last));
        start = last;
      }
    }
    return total + between(start, last);
  }

  private static double between(Instant start, Instant end) {
    return Math.max(0, Duration.between(start, end).toMillis() / 1000.0);
  }

  private static @Nullable String reason(List<Recorded> events) {
    for (var recorded : events.reversed()) {
      switch (recorded.event()) {
        case Finished end -> {
          return end.reason();
        }
        case RunStarted _, Resumed _, Step _ -> {
          return null;
        }
        default -> {}
      }
    }
    return null;
  }

  private static @Nullable Double median(List<Step> steps, ToDoubleFunction<Step> value) {
    var sorted = steps.stream().mapToDouble(value).filter(Double::isFinite).sorted().toArray();
    return sorted.length == 0 ? null : sorted[sorted.length / 2];
  }
}
