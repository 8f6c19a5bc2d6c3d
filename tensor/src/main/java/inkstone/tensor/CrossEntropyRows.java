package inkstone.tensor;

import java.util.Arrays;
import java.util.Objects;
import java.util.stream.DoubleStream;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorSpecies;

/**
 * The cross-entropy of rows of logits, and its slopes in their place, in one pass over memory: each
 * row is worked on in the cache, with the Vector API.
 *
 * @param classes numbers of a row
 * @param smoothing the part of the target's probability that is spread over all classes
 * @param zLoss weighs the square of the logarithm of the normaliser
 */
record CrossEntropyRows(int classes, double smoothing, double zLoss) {

  private static final VectorSpecies<Float> SPECIES = Lanes.SPECIES;
  private static final int LANES = Lanes.COUNT;
  private static final int ROWS = 8;

  private int wide() {
    return (classes + LANES - 1) / LANES * LANES;
  }

  /**
   * The sum of the losses of rows.
   *
   * @param logits [rows, classes]; the slopes of that sum afterwards, where they are wanted
   * @param targets of each row; rows of {@link Functions#IGNORED} do not count, and have no slopes
   */
  double sum(Numbers logits, long[] targets, boolean slopes) {
    int rows = targets.length;
    var losses = new double[(rows + ROWS - 1) / ROWS]; // by piece, for one order of adding
    Workers.run(
        losses.length,
        () -> {
          var row = new float[wide()];
          return piece -> {
            int end = Math.min(rows, (piece + 1) * ROWS);
            for (int i = piece * ROWS; i < end; i++) {
              losses[piece] += row(logits, i, targets[i], row, slopes);
            }
          };
        });
    return DoubleStream.of(losses).sum();
  }

  private double row(Numbers logits, long number, long target, float[] row, boolean slopes) {
    if (target == Functions.IGNORED) {
      if (slopes) {
        Arrays.fill(row, 0);
        logits.write(row, 0, number * classes, classes);
      }
      return 0;
    }
    int right = Math.toIntExact(Objects.checkIndex(target, (long) classes));
    logits.read(number * classes, row, 0, classes);
    Arrays.fill(row, classes, row.length, 0);
    double mean = smoothing == 0 ? 0 : total(row) / classes;
    Arrays.fill(row, classes, row.length, Float.NEGATIVE_INFINITY);
    float wanted = row[right];
    float largest = Rows.largest(row, 0, row.length);
    float sum = Rows.exponentials(row, 0, row.length, largest);
    double normaliser = largest + Math.log(sum);
    if (slopes) {
      float scale = (float) ((1 + 2 * zLoss * normaliser) / sum);
      float share = (float) (smoothing / classes);
      for (int i = 0; i < row.length; i += LANES) {
        FloatVector.fromArray(SPECIES, row, i).mul(scale).sub(share).intoArray(row, i);
      }
      row[right] -= (float) (1 - smoothing);
      logits.write(row, 0, number * classes, classes);
    }
    return normaliser
        - (1 - smoothing) * wanted
        - smoothing * mean
        + zLoss * normaliser * normaliser;
  }

  /** The sum of a row that is filled up with zeros. */
  private static double total(float[] row) {
    var total = FloatVector.zero(SPECIES);
    for (int i = 0; i < row.length; i += LANES) {
      total = total.add(FloatVector.fromArray(SPECIES, row, i));
    }
    return Lanes.sum(total);
  }
}
