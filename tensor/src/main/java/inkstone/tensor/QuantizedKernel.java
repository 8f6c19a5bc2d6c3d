package inkstone.tensor;

import static inkstone.tensor.Unpacking.ALL;
import static inkstone.tensor.VectorUnpacking.FLOATS;
import static inkstone.tensor.VectorUnpacking.ORDER;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
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
  private static final int LANES = Lanes.COUNT;

  /** Bytes of weights that a thread takes at once: some microseconds' work. */
  private static final int PIECE = 1 << 15;

  /** More rows than that go by {@link StripKernel}; the numbers are the same. */
  static final int FEW = 3;

  /** Computes all rows. */
  void run() {
    if (x.size() > FEW) {
      new StripKernel(this).run();
      return;
    }
    int start = 0;
    for (var part : parts) {
      run(part, start);
      start += part.rows;
    }
  }

  /** Numbers in a row of the result. */
  int total() {
    return parts.stream().mapToInt(part -> part.rows).sum();
  }

  private void run(QuantizedMatrix w, int start) {
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
              boolean shifts = least(w, group, scales, least);
              for (int i = 0; i < x.size(); i++) {
                GroupProduct.of(x.get(i), w, group, scales, sums);
                finish(i, shifts, least, sums, 0, start + g * ROWS, w.rows - g * ROWS);
              }
            }
          };
        });
  }

  /**
   * Shifts the sums of a group and writes them.
   *
   * @param input which row of x they are of
   * @param from the first in {@code sums}
   * @param row the first row of the group, among all parts
   * @param left rows of its part from there on
   */
  void finish(
      int input, boolean shifts, float[] least, float[] sums, int from, int row, int left) {
    for (int lane = 0; lane < Math.min(ROWS, left); lane += LANES) {
      if (shifts) {
        shift(x.get(input).sums(), least, lane, sums, from + lane);
      }
      long at = (long) input * total() + row + lane;
      write(sums, from + lane, Math.min(LANES, left - lane), row + lane, at);
    }
  }

  /** Biases stand by row, what else is added as the result does. */
  private void write(float[] sums, int from, int count, int row, long at) {
    if (bias != 0) {
      add(sums, from, count, bias + (long) row * Float.BYTES);
    }
    if (added != 0) {
      add(sums, from, count, added + at * Float.BYTES);
    }
    long to = y + at * Float.BYTES;
    if (count == LANES) {
      FloatVector.fromArray(FLOATS, sums, from).intoMemorySegment(ALL, to, ORDER);
    } else {
      MemorySegment.copy(sums, from, ALL, ValueLayout.JAVA_FLOAT, to, count);
    }
  }

  private static void add(float[] sums, int from, int count, long address) {
    if (count == LANES) {
      FloatVector.fromMemorySegment(FLOATS, ALL, address, ORDER)
          .add(FloatVector.fromArray(FLOATS, sums, from))
          .intoArray(sums, from);
      return;
    }
    for (int i = 0; i < count; i++) {
      sums[from + i] += ALL.get(ValueLayout.JAVA_FLOAT, address + (long) i * Float.BYTES);
    }
  }

  /** What each sum of inputs is multiplied with, because numbers do not begin at 0. */
  static boolean least(QuantizedMatrix w, long group, float[] scales, float[] least) {
    if (w.form.least()) {
      VectorUnpacking.scales(w, group, true, least);
      return true;
    }
    if (w.form.offset() == 0) {
      return false;
    }
    for (int i = 0; i < least.length; i++) {
      least[i] = -w.form.offset() * scales[i];
    }
    return true;
  }

  /** Adds sums of inputs, multiplied with least values. */
  private static void shift(float[] inputs, float[] least, int lane, float[] sums, int at) {
    var all = FloatVector.fromArray(FLOATS, sums, at);
    for (int unit = 0; unit < inputs.length; unit++) {
      all =
          FloatVector.fromArray(FLOATS, least, unit * ROWS + lane)
              .fma(FloatVector.broadcast(FLOATS, inputs[unit]), all);
    }
    all.intoArray(sums, at);
  }
}
