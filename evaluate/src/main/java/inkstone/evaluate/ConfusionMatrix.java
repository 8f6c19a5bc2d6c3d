package inkstone.evaluate;

import java.util.ArrayList;
import java.util.List;

/**
 * How often what was taken for what.
 *
 * @param counts [true label, given label]
 */
@SuppressWarnings("ArrayRecordComponent")
public record ConfusionMatrix(long[][] counts) {

  /**
   * Of some examples.
   *
   * @param expected the true label of each, counted from 0
   * @param given the label that it got
   */
  public static ConfusionMatrix of(int labels, int[] expected, int[] given) {
    if (expected.length != given.length || expected.length == 0) {
      throw new IllegalArgumentException(
          expected.length + " true labels and " + given.length + " given ones cannot be compared");
    }
    var counts = new long[labels][labels];
    for (int i = 0; i < expected.length; i++) {
      counts[expected[i]][given[i]]++;
    }
    return new ConfusionMatrix(counts);
  }

  /** How many were judged. */
  public long examples() {
    long all = 0;
    for (var row : counts) {
      for (long count : row) {
        all += count;
      }
    }
    return all;
  }

  /** The part that was right. */
  public double accuracy() {
    long right = 0;
    for (int i = 0; i < counts.length; i++) {
      right += counts[i][i];
    }
    return (double) right / examples();
  }

  /** F1 of one label: {@code 2 right / (true + given)}; 0 where it neither is nor was given. */
  public double f1(int label) {
    long sum = 0;
    for (int i = 0; i < counts.length; i++) {
      sum += counts[label][i] + counts[i][label];
    }
    return sum == 0 ? 0 : 2.0 * counts[label][label] / sum;
  }

  /** The mean of {@link #f1} over all labels. */
  public double macroF1() {
    double sum = 0;
    for (int i = 0; i < counts.length; i++) {
      sum += f1(i);
    }
    return sum / counts.length;
  }

  /** The counts as lists. */
  public List<List<Long>> rows() {
    var rows = new ArrayList<List<Long>>();
    for (var row : counts) {
      rows.add(java.util.Arrays.stream(row).boxed().toList());
    }
    return rows;
  }
}
