package inkstone.words;

import java.util.Arrays;
import java.util.Comparator;
import java.util.stream.IntStream;

/** Rank correlation (Spearman, 1904): Pearson's of the ranks, ties sharing their mean rank. */
final class Spearman {

  private Spearman() {}

  /** From -1 to 1; NaN for fewer than two values, or where all on a side are equal. */
  static double of(double[] first, double[] second) {
    return pearson(ranks(first), ranks(second));
  }

  static double[] ranks(double[] values) {
    var order =
        IntStream.range(0, values.length)
            .boxed()
            .sorted(Comparator.comparingDouble(i -> values[i]))
            .mapToInt(i -> i)
            .toArray();
    var ranks = new double[values.length];
    for (int from = 0, to; from < order.length; from = to) {
      to = from + 1;
      while (to < order.length && values[order[to]] == values[order[from]]) {
        to++;
      }
      for (int i = from; i < to; i++) {
        ranks[order[i]] = (from + to - 1) / 2.0 + 1;
      }
    }
    return ranks;
  }

  static double pearson(double[] first, double[] second) {
    double meanFirst = Arrays.stream(first).average().orElse(0);
    double meanSecond = Arrays.stream(second).average().orElse(0);
    double both = 0;
    double squareFirst = 0;
    double squareSecond = 0;
    for (int i = 0; i < first.length; i++) {
      double a = first[i] - meanFirst;
      double b = second[i] - meanSecond;
      both += a * b;
      squareFirst += a * a;
      squareSecond += b * b;
    }
    return both / Math.sqrt(squareFirst * squareSecond);
  }
}
