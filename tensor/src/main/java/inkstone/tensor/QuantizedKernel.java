package inkstone.tensor;

import static inkstone.tensor.VectorUnpacking.FLOATS;

import java.util.List;
import jdk.incubator.vector.FloatVector;

/**
 * {@code x W^T + b} of a few rows and a {@link QuantizedMatrix}, in whole numbers: inputs are
 * rounded to 8 bits ({@link QuantizedInput}), products of 8 and 8 bits fit 16, and so does the sum
 * of two (of 16 where one factor has 4 bits). Those are gathered in 32 bits for each scale, and
 * scaled sums in float32.
 *
 * @param x the rows
 * @param parts one above the other
 * @param y the address of [rows, rows of all parts] float32
 * @param bias that of biases, or 0
 * @param added that of what has y's shape and is added, or 0
 */
record QuantizedKernel(
    List<QuantizedInput> x, List<QuantizedMatrix> parts, long y, long bias, long added) {

  private static final int ROWS = PackedForm.ROWS;

  /** Bytes of weights that a thread takes at once: some microseconds' work. */
  private static final int PIECE = 1 << 15;

  /** More rows than that go by {@link StripKernel}; the numbers are the same. */
  static final int FEW = 8;

  /** Computes all rows. */
  void run() {
    if (x.size() > FEW) {
      new StripKernel(this).run();
      return;
    }
    var output = output();
    int start = 0;
    for (var part : parts) {
      run(part, start, output);
      start += part.rows;
    }
  }

  /** Where sums go. */
  QuantizedOutput output() {
    return new QuantizedOutput(y, parts.stream().mapToInt(part -> part.rows).sum(), bias, added);
  }

  private void run(QuantizedMatrix w, int start, QuantizedOutput output) {
    int groups = PackedForm.groups(w.rows);
    long bytes = w.form.groupBytes(w.columns);
    int some = (int) Math.max(1, PIECE / bytes);
    long address = w.address();
    Workers.run(
        (groups + some - 1) / some,
        () -> {
          var scales = new float[w.scaleCount()];
          var least = new float[w.scaleCount()];
          var sums = new float[ROWS];
          return piece -> {
            for (int g = piece * some; g < Math.min(groups, (piece + 1) * some); g++) {
              long group = address + g * bytes;
              VectorUnpacking.scales(w, group, false, scales);
              boolean shifts = w.form.least();
              if (shifts) {
                VectorUnpacking.scales(w, group, true, least);
              }
              for (int i = 0; i < x.size(); i++) {
                GroupProduct.of(x.get(i), w, group, scales, sums);
                if (shifts) {
                  shift(x.get(i).sums(), least, sums);
                }
                output.write(sums, 0, i, start + g * ROWS, w.rows - g * ROWS);
              }
            }
          };
        });
  }

  /** Adds sums of inputs, multiplied with least values. */
  private static void shift(float[] inputs, float[] least, float[] sums) {
    for (int lane = 0; lane < ROWS; lane += Lanes.COUNT) {
      var all = FloatVector.fromArray(FLOATS, sums, lane);
      for (int unit = 0; unit < inputs.length; unit++) {
        all =
            FloatVector.fromArray(FLOATS, least, unit * ROWS + lane)
                .fma(FloatVector.broadcast(FLOATS, inputs[unit]), all);
      }
      all.intoArray(sums, lane);
    }
  }
}
