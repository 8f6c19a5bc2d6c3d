package inkstone.tensor;

import static inkstone.tensor.VectorUnpacking.FLOATS;
import static inkstone.tensor.VectorUnpacking.INTS;
import static inkstone.tensor.VectorUnpacking.floats;
import static inkstone.tensor.VectorUnpacking.words;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.ShortVector;
import jdk.incubator.vector.VectorOperators;

/**
 * One row of inputs and one group of weights. Loops run over all columns, and what a scale's
 * columns came to is added on the way: a loop for each scale would take longer to begin than to
 * run. An address is reckoned from the loop's own number, so that its bounds are checked once.
 */
final class GroupProduct {

  private static final int ROWS = PackedForm.ROWS;
  private static final int LANES = Lanes.COUNT;

  private GroupProduct() {}

  /**
   * The scaled sums of a group's rows.
   *
   * @param group where it begins
   * @param scales one for each unit and row
   */
  static void of(QuantizedInput x, QuantizedMatrix w, long group, float[] scales, float[] sums) {
    long from = group + w.form.header(w.columns);
    if (w.form.bits() == 4) {
      product4(x, w.form.offset(), from, scales, sums);
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
    return pairs
        .lanewise(VectorOperators.LSHL, 16)
        .lanewise(VectorOperators.ASHR, 16)
        .add(pairs.lanewise(VectorOperators.ASHR, 16));
  }

  /** Four columns of 8 bits. */
  private static IntVector four(ShortVector v, ShortVector first, ShortVector second) {
    var low = v.lanewise(VectorOperators.LSHL, 8).lanewise(VectorOperators.ASHR, 8);
    return folded(low.mul(first).add(v.lanewise(VectorOperators.ASHR, 8).mul(second)));
  }

  private static FloatVector scaled(
      IntVector sum, float[] scales, int at, float x, FloatVector to) {
    return floats(sum).fma(FloatVector.fromArray(FLOATS, scales, at).mul(x), to);
  }

  static void product8(int[] x, float[] inputs, long from, float[] scales, float[] sums) {
    var all0 = FloatVector.zero(FLOATS);
    var all1 = FloatVector.zero(FLOATS);
    var sum0 = IntVector.zero(INTS);
    var sum1 = IntVector.zero(INTS);
    for (int i = 0; i < 16 * inputs.length; i += 2) {
      var first = pair(x, i);
      var second = pair(x, i + 1);
      long at = from + 2L * ROWS * i;
      sum0 = sum0.add(four(words(at), first, second));
      sum1 = sum1.add(four(words(at + 4 * LANES), first, second));
      if ((i & 14) == 14) {
        int unit = i >> 4;
        all0 = scaled(sum0, scales, unit * ROWS, inputs[unit], all0);
        all1 = scaled(sum1, scales, unit * ROWS + LANES, inputs[unit], all1);
        sum0 = IntVector.zero(INTS);
        sum1 = IntVector.zero(INTS);
      }
    }
    all0.intoArray(sums, 0);
    all1.intoArray(sums, LANES);
  }

  /** Two scales to an input's one. */
  private static void product6(int[] x, float[] inputs, long from, float[] scales, float[] sums) {
    var all0 = FloatVector.zero(FLOATS);
    var all1 = FloatVector.zero(FLOATS);
    var sum0 = IntVector.zero(INTS);
    var sum1 = IntVector.zero(INTS);
    for (int i = 0; i < 16 * inputs.length; i += 2) {
      var first = pair(x, i);
      var second = pair(x, i + 1);
      long at = from + 2L * ROWS * i;
      sum0 = sum0.add(four(words(at), first, second));
      sum1 = sum1.add(four(words(at + 4 * LANES), first, second));
      if ((i & 6) == 6) {
        int unit = i >> 3;
        all0 = scaled(sum0, scales, unit * ROWS, inputs[unit >> 1], all0);
        all1 = scaled(sum1, scales, unit * ROWS + LANES, inputs[unit >> 1], all1);
        sum0 = IntVector.zero(INTS);
        sum1 = IntVector.zero(INTS);
      }
    }
    all0.intoArray(sums, 0);
    all1.intoArray(sums, LANES);
  }

  private static ShortVector half(ShortVector v, int shift) {
    return v.lanewise(VectorOperators.LSHR, shift).and((short) 15);
  }

  /** Eight columns of 4 bits: four, and the four that are 16 columns on. */
  private static ShortVector eight(
      ShortVector v, ShortVector a, ShortVector b, ShortVector c, ShortVector d) {
    var first = v.and((short) 15).mul(a).add(half(v, 8).mul(b));
    return half(v, 4).mul(c).add(v.lanewise(VectorOperators.LSHR, 12).mul(d)).add(first);
  }

  /**
   * One vector after the other: two together, with four inputs each, are more than registers hold.
   *
   * @param offset what is taken from each weight: its times the inputs from the sum
   */
  static void product4(QuantizedInput x, int offset, long from, float[] scales, float[] sums) {
    for (int lane = 0; lane < ROWS; lane += LANES) {
      product4(x.pairs(), x.scales(), x.wholes(), offset, from + 4L * lane, scales, sums, lane);
    }
  }

  private static void product4(
      int[] x,
      float[] inputs,
      int[] wholes,
      int offset,
      long from,
      float[] scales,
      float[] sums,
      int lane) {
    var all = FloatVector.zero(FLOATS);
    var sum = IntVector.zero(INTS);
    for (int i = 0; i < 4 * inputs.length; i++) {
      int unit = i >> 2;
      int pair = 8 * unit + 2 * i;
      var v = words(from + 4L * ROWS * i);
      var eight = eight(v, pair(x, pair), pair(x, pair + 1), pair(x, pair + 8), pair(x, pair + 9));
      sum = sum.reinterpretAsShorts().add(eight).reinterpretAsInts();
      if ((i & 3) == 3) {
        var whole = folded(sum.reinterpretAsShorts()).sub(offset * wholes[unit]);
        all = scaled(whole, scales, unit * ROWS + lane, inputs[unit], all);
        sum = IntVector.zero(INTS);
      }
    }
    all.intoArray(sums, lane);
  }
}
