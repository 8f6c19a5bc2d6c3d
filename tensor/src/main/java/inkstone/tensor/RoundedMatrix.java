package inkstone.tensor;

import java.util.List;

/**
 * A matrix [rows, columns] rounded to whole numbers, {@code q scale}: to the nearest, with the
 * scale for each group of columns that loses least.
 *
 * @param bits 8, with q from -127 to 127, or 4, from -8 to 7
 * @param group columns that share a scale
 * @param q of each row
 * @param scales of each row, [columns / group]
 */
public record RoundedMatrix(int bits, int group, List<byte[]> q, List<float[]> scales) {

  /** Scales that are tried, below the one at which the largest number just fits. */
  private static final int TRIES = 24;

  private static final float LEAST = 0.7f;

  /**
   * Rounds a matrix.
   *
   * @param weight [rows, columns]
   * @param group which divides the columns
   */
  public static RoundedMatrix of(Tensor weight, int bits, int group) {
    if (weight.rank() != 2
        || weight.count() == 0
        || (bits != 8 && bits != 4)
        || group < 1
        || weight.size(1) % group != 0) {
      throw new TensorException(
          "%s cannot be rounded to %d bits with a scale for each %d columns"
              .formatted(weight, bits, group));
    }
    int columns = Math.toIntExact(weight.size(1));
    var x = weight.toFloats();
    var q = new byte[Math.toIntExact(weight.size(0))][columns];
    var scales = new float[q.length][columns / group];
    Workers.run(
        q.length,
        () ->
            row -> {
              for (int i = 0; i < scales[row].length; i++) {
                scales[row][i] =
                    round(x, row * columns + i * group, q[row], i * group, group, bits);
              }
            });
    return new RoundedMatrix(bits, group, List.of(q), List.of(scales));
  }

  /** Rounds one group; gives its scale. */
  private static float round(float[] x, int from, byte[] q, int to, int count, int bits) {
    int most = bits == 8 ? 127 : 7;
    float largest = 0;
    for (int i = 0; i < count; i++) {
      largest = Math.max(largest, Math.abs(x[from + i]));
    }
    if (largest == 0) {
      return 1;
    }
    float best = largest / most;
    double least = Double.POSITIVE_INFINITY;
    for (int i = 0; i <= TRIES; i++) {
      float scale = largest / most * (1 - (1 - LEAST) * i / TRIES);
      double error = 0;
      for (int j = 0; j < count; j++) {
        double lost = x[from + j] - scale * nearest(x[from + j] / scale, bits);
        error += lost * lost;
      }
      if (error < least) {
        least = error;
        best = scale;
      }
    }
    for (int i = 0; i < count; i++) {
      q[to + i] = (byte) nearest(x[from + i] / best, bits);
    }
    return best;
  }

  private static int nearest(float x, int bits) {
    return bits == 8
        ? Math.clamp((long) Math.rint(x), -127, 127)
        : Math.clamp((long) Math.rint(x), -8, 7);
  }

  /** [rows, columns]. */
  public long[] shape() {
    return new long[] {q.size(), q.getFirst().length};
  }

  /** The scales as float32 [rows, columns / group]. */
  public Tensor scaleTensor() {
    int groups = scales.getFirst().length;
    var flat = new float[scales.size() * groups];
    for (int i = 0; i < scales.size(); i++) {
      System.arraycopy(scales.get(i), 0, flat, i * groups, groups);
    }
    return Tensor.of(flat, scales.size(), groups);
  }

  /** For products. */
  public QuantizedMatrix matrix() {
    return QuantizedMatrix.of(bits, group, q.size(), q.getFirst().length, q::get, scales::get);
  }
}
