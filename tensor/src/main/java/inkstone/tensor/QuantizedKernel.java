package inkstone.tensor;

import static inkstone.tensor.Unpacking.ALL;
import static inkstone.tensor.VectorUnpacking.FLOATS;
import static inkstone.tensor.VectorUnpacking.INTS;
import static inkstone.tensor.VectorUnpacking.ORDER;
import static inkstone.tensor.VectorUnpacking.SHORTS;
import static inkstone.tensor.VectorUnpacking.bytes;
import static inkstone.tensor.VectorUnpacking.even;
import static inkstone.tensor.VectorUnpacking.floats;
import static inkstone.tensor.VectorUnpacking.odd;
import static inkstone.tensor.VectorUnpacking.words;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.List;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.ShortVector;
import jdk.incubator.vector.VectorOperators;

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

  private static final int LANES = PackedForm.LANES;

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
      run(part, start, total());
      start += part.rows;
    }
  }

  /** Numbers in a row of the result. */
  int total() {
    return parts.stream().mapToInt(part -> part.rows).sum();
  }

  private void run(QuantizedMatrix w, int start, int total) {
    int groups = PackedForm.groups(w.rows);
    long bytes = w.form.groupBytes(w.columns);
    int some = (int) Math.max(1, PIECE / bytes);
    long address = w.address();
    Workers.run(
        (groups + some - 1) / some,
        () -> {
          var scales = new float[w.scaleCount()];
          var least = new float[w.scaleCount()];
          var sums = new float[LANES];
          return piece -> {
            for (int g = piece * some; g < Math.min(groups, (piece + 1) * some); g++) {
              long group = address + g * bytes;
              VectorUnpacking.scales(w, group, false, scales);
              boolean shifts = least(w, group, scales, least);
              int row = start + g * LANES;
              int count = Math.min(LANES, w.rows - g * LANES);
              for (int i = 0; i < x.size(); i++) {
                product(x.get(i), w, group, scales, sums);
                if (shifts) {
                  shift(x.get(i).sums(), least, 0, LANES, sums, 0);
                }
                write(sums, 0, count, row, (long) i * total + row);
              }
            }
          };
        });
  }

  /**
   * Writes sums of a group. Biases stand by row, what else is added as the result does.
   *
   * @param from the first in {@code sums}
   * @param count of them, at most {@link PackedForm#LANES}
   * @param row the weight's row that the first belongs to, among all parts
   * @param at its place in the result
   */
  void write(float[] sums, int from, int count, int row, long at) {
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

  private static void product(
      QuantizedInput x, QuantizedMatrix w, long group, float[] scales, float[] sums) {
    long from = group + w.form.header(w.columns);
    if (w.form.bits() == 4) {
      product4(x.pairs(), x.scales(), from, scales, sums);
    } else if (w.form.unit() == PackedForm.COLUMNS) {
      product8(x.pairs(), x.scales(), from, scales, sums);
    } else {
      product6(x.pairs(), x.scales(), from, scales, sums);
    }
  }

  private static ShortVector pair(int[] x, int i) {
    return IntVector.broadcast(INTS, x[i]).reinterpretAsShorts();
  }

  private static IntVector folded(ShortVector sums) {
    var pairs = sums.reinterpretAsInts();
    return even(pairs).add(odd(pairs));
  }

  private static void product8(int[] x, float[] inputs, long from, float[] scales, float[] sums) {
    long at = from;
    var all = FloatVector.zero(FLOATS);
    for (int unit = 0; unit < inputs.length; unit++) {
      var sum = IntVector.zero(INTS);
      for (int i = unit * 16; i < unit * 16 + 16; i += 2) {
        var two = bytes(at).mul(pair(x, i)).add(bytes(at + 2 * LANES).mul(pair(x, i + 1)));
        sum = sum.add(folded(two));
        at += 4 * LANES;
      }
      var scale = FloatVector.fromArray(FLOATS, scales, unit * LANES).mul(inputs[unit]);
      all = floats(sum).fma(scale, all);
    }
    all.intoArray(sums, 0);
  }

  /** Two scales to an input's one. */
  private static void product6(int[] x, float[] inputs, long from, float[] scales, float[] sums) {
    long at = from;
    var all = FloatVector.zero(FLOATS);
    for (int unit = 0; unit < 2 * inputs.length; unit++) {
      var sum = IntVector.zero(INTS);
      for (int i = unit * 8; i < unit * 8 + 8; i += 2) {
        var two = bytes(at).mul(pair(x, i)).add(bytes(at + 2 * LANES).mul(pair(x, i + 1)));
        sum = sum.add(folded(two));
        at += 4 * LANES;
      }
      var scale = FloatVector.fromArray(FLOATS, scales, unit * LANES).mul(inputs[unit >> 1]);
      all = floats(sum).fma(scale, all);
    }
    all.intoArray(sums, 0);
  }

  private static ShortVector half(ShortVector v, int shift) {
    return v.lanewise(VectorOperators.LSHR, shift).and((short) 15);
  }

  private static void product4(int[] x, float[] inputs, long from, float[] scales, float[] sums) {
    long at = from;
    var all = FloatVector.zero(FLOATS);
    for (int unit = 0; unit < inputs.length; unit++) {
      var sum = ShortVector.zero(SHORTS);
      for (int i = unit * 16; i < unit * 16 + 16; i += 4) {
        var v = words(at);
        var first = v.and((short) 15).mul(pair(x, i)).add(half(v, 4).mul(pair(x, i + 1)));
        var last = v.lanewise(VectorOperators.LSHR, 12).mul(pair(x, i + 3));
        sum = sum.add(first).add(half(v, 8).mul(pair(x, i + 2)).add(last));
        at += 4 * LANES;
      }
      var scale = FloatVector.fromArray(FLOATS, scales, unit * LANES).mul(inputs[unit]);
      all = floats(folded(sum)).fma(scale, all);
    }
    all.intoArray(sums, 0);
  }

  /**
   * Adds sums of inputs, multiplied with least values.
   *
   * @param first of a group's least values
   * @param step from those of one unit to the next
   * @param at of the group's sums
   */
  static void shift(float[] inputs, float[] least, int first, int step, float[] sums, int at) {
    var all = FloatVector.fromArray(FLOATS, sums, at);
    for (int unit = 0; unit < inputs.length; unit++) {
      all =
          FloatVector.fromArray(FLOATS, least, first + unit * step)
              .fma(FloatVector.broadcast(FLOATS, inputs[unit]), all);
    }
    all.intoArray(sums, at);
  }
}
