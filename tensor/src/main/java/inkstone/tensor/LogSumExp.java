package inkstone.tensor;

import java.util.Arrays;
import org.bytedeco.pytorch.Tensor;

/**
 * {@link Functions#logSumExp} by a kernel on the CPU. Rows go in parts of fixed length, each with
 * its own largest number, so that the same numbers come out with any number of threads.
 */
final class LogSumExp {

  private static final int PART = 1 << 12;

  private LogSumExp() {}

  /** x [..., width], contiguous, of at least one row of at least one number. */
  static Tensor of(Tensor x) {
    int width = Math.toIntExact(x.size(-1));
    int rows = Math.toIntExact(x.numel() / width);
    int parts = (width + PART - 1) / PART;
    var from = Numbers.of(x);
    var found = new double[rows * parts];
    Workers.run(
        found.length,
        () -> {
          var some = new float[Products.up(Math.min(width, PART), Lanes.COUNT)];
          return piece -> {
            int at = piece % parts * PART;
            int count = Math.min(PART, width - at);
            from.read((long) (piece / parts) * width + at, some, 0, count);
            int length = Products.up(count, Lanes.COUNT);
            Arrays.fill(some, count, length, Float.NEGATIVE_INFINITY);
            found[piece] = of(some, length);
          };
        });
    var sums = new float[rows];
    for (int i = 0; i < rows; i++) {
      sums[i] = (float) joined(found, i * parts, (i + 1) * parts);
    }
    var shape = new long[(int) x.dim() - 1];
    Arrays.setAll(shape, x::size);
    var y = x.new_empty(shape);
    Numbers.of(y).write(sums, 0, 0, rows);
    return y;
  }

  private static double of(float[] x, int length) {
    float largest = Rows.largest(x, 0, length);
    if (Float.isInfinite(largest)) {
      return largest;
    }
    return largest + Math.log(Rows.exponentials(x, 0, length, largest));
  }

  private static double joined(double[] parts, int from, int end) {
    double largest = Double.NEGATIVE_INFINITY;
    for (int i = from; i < end; i++) {
      largest = Math.max(largest, parts[i]);
    }
    if (Double.isInfinite(largest)) {
      return largest;
    }
    double sum = 0;
    for (int i = from; i < end; i++) {
      sum += Math.exp(parts[i] - largest);
    }
    return largest + Math.log(sum);
  }
}
