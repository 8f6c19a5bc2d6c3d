package inkstone.tensor;

import java.util.Arrays;
import java.util.stream.DoubleStream;
import org.bytedeco.pytorch.Tensor;

/**
 * Cross-entropy of rows of logits on the CPU, one row at a time so that it stays in the cache: the
 * losses, and in the place of the logits their gradient.
 *
 * @param smoothing as in {@link ChunkedCrossEntropy.Settings}
 * @param zLoss the same
 */
record CrossEntropyRows(double smoothing, double zLoss) {

  /**
   * Takes all rows.
   *
   * @param logits [rows, classes], contiguous; becomes the gradient of the sum of the losses where
   *     {@code learns}
   * @param targets one for each row; {@link Functions#IGNORED} costs nothing
   * @return the sum of the losses
   */
  double take(Tensor logits, long[] targets, boolean learns) {
    int classes = Math.toIntExact(logits.size(1));
    var numbers = Numbers.of(logits);
    var losses = new double[targets.length];
    Workers.run(
        targets.length,
        () -> {
          var row = new float[Products.up(classes, Lanes.COUNT)];
          var sum = new float[1];
          return i -> {
            if (targets[i] == Functions.IGNORED) {
              Arrays.fill(row, 0, classes, 0);
            } else {
              numbers.read((long) i * classes, row, 0, classes);
              losses[i] = loss(row, sum, classes, checked(targets[i], classes));
            }
            if (learns) {
              numbers.write(row, 0, (long) i * classes, classes);
            }
          };
        });
    return DoubleStream.of(losses).sum();
  }

  private static int checked(long target, int classes) {
    if (target < 0 || target >= classes) {
      throw new TensorException("target " + target + " is none of " + classes + " classes");
    }
    return (int) target;
  }

  /** The loss of one row, which becomes its gradient. */
  private double loss(float[] row, float[] sum, int classes, int target) {
    Arrays.fill(row, classes, row.length, Float.NEGATIVE_INFINITY);
    double wanted = row[target];
    double mean = smoothing == 0 ? 0 : mean(row, classes);
    double normaliser = Rows.softmaxParts(row, 0, row.length, sum, 0);
    Rows.scale(row, 0, row.length, (float) ((1 + 2 * zLoss * normaliser) / sum[0]));
    if (smoothing > 0) {
      Rows.add(row, 0, row.length, (float) (-smoothing / classes));
    }
    row[target] += (float) (smoothing - 1);
    return (1 - smoothing) * (normaliser - wanted)
        + smoothing * (normaliser - mean)
        + zLoss * normaliser * normaliser;
  }

  private static double mean(float[] row, int classes) {
    double sum = 0;
    for (int i = 0; i < classes; i++) {
      sum += row[i];
    }
    return sum / classes;
  }
}
