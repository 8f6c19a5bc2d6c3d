package inkstone.words;

import java.util.Comparator;
import java.util.List;
import java.util.PriorityQueue;
import java.util.Set;

/** The places of the greatest numbers. */
final class Best {

  private Best() {}

  /** At most {@code count} places, the best first, the first of equals before the others. */
  static List<Integer> of(float[] numbers, int count, Set<Integer> without) {
    Comparator<Integer> worst =
        Comparator.<Integer>comparingDouble(at -> numbers[at])
            .thenComparing(Comparator.<Integer>naturalOrder().reversed());
    var best = new PriorityQueue<Integer>(Math.min(count, numbers.length) + 1, worst);
    for (int at = 0; at < numbers.length; at++) {
      if (without.contains(at)) {
        continue;
      }
      best.add(at);
      if (best.size() > count) {
        best.poll();
      }
    }
    return best.stream().sorted(worst.reversed()).toList();
  }
}
