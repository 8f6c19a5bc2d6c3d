package inkstone.tensor;

import static inkstone.tensor.VectorUnpacking.bytes;
import static inkstone.tensor.VectorUnpacking.even;
import static inkstone.tensor.VectorUnpacking.floats;
import static inkstone.tensor.VectorUnpacking.odd;
import static inkstone.tensor.VectorUnpacking.words;

import jdk.incubator.vector.ShortVector;
import jdk.incubator.vector.VectorOperators;

/**
 * Two neighbouring groups of a {@link QuantizedMatrix} side by side: whole numbers as floats
 * [columns, 2 LANES], and what they are multiplied with and shifted by [columns / unit, 2 LANES].
 */
final class WeightTile {

  private static final int LANES = PackedForm.LANES;
  private static final int WIDTH = 2 * LANES;

  private final QuantizedMatrix w;
  private final float[] numbers;
  private final float[] scales;
  private final float[] least;
  private final float[] groupScales;
  private final float[] groupLeast;
  private boolean shifts;

  WeightTile(QuantizedMatrix w) {
    this.w = w;
    numbers = new float[Math.multiplyExact(w.columns, WIDTH)];
    groupScales = new float[w.scaleCount()];
    groupLeast = new float[w.scaleCount()];
    scales = new float[2 * groupScales.length];
    least = new float[2 * groupScales.length];
  }

  float[] numbers() {
    return numbers;
  }

  float[] scales() {
    return scales;
  }

  float[] least() {
    return least;
  }

  /** Whether {@link #least} counts. */
  boolean shifts() {
    return shifts;
  }

  int columns() {
    return w.columns;
  }

  /** Columns that share a scale. */
  int unit() {
    return w.form.unit();
  }

  /** Reads a group and the next; where there is none, that half keeps numbers of no meaning. */
  void read(int group) {
    half(group, 0);
    if (group + 1 < PackedForm.groups(w.rows)) {
      half(group + 1, LANES);
    }
  }

  private void half(int number, int to) {
    long group = w.address() + number * w.form.groupBytes(w.columns);
    VectorUnpacking.scales(w, group, false, groupScales);
    shifts = QuantizedKernel.least(w, group, groupScales, groupLeast);
    for (int i = 0; i < groupScales.length; i += LANES) {
      System.arraycopy(groupScales, i, scales, 2 * i + to, LANES);
      System.arraycopy(groupLeast, i, least, 2 * i + to, LANES);
    }
    long from = group + w.form.header(w.columns);
    if (w.form.bits() == 8) {
      unpack8(from, numbers, to, w.columns);
    } else {
      unpack4(from, numbers, to, w.columns);
    }
  }

  private static void unpack8(long from, float[] numbers, int to, int columns) {
    for (int i = 0; i < columns; i += 2) {
      pair(bytes(from + (long) i * LANES), numbers, to + i * WIDTH);
    }
  }

  private static void unpack4(long from, float[] numbers, int to, int columns) {
    for (int i = 0; i < columns; i += 8) {
      var v = words(from + (long) (i >> 1) * LANES);
      pair(v.and((short) 15), numbers, to + i * WIDTH);
      pair(half(v, 4), numbers, to + (i + 2) * WIDTH);
      pair(half(v, 8), numbers, to + (i + 4) * WIDTH);
      pair(v.lanewise(VectorOperators.LSHR, 12), numbers, to + (i + 6) * WIDTH);
    }
  }

  private static ShortVector half(ShortVector v, int shift) {
    return v.lanewise(VectorOperators.LSHR, shift).and((short) 15);
  }

  private static void pair(ShortVector two, float[] numbers, int to) {
    var pairs = two.reinterpretAsInts();
    floats(even(pairs)).intoArray(numbers, to);
    floats(odd(pairs)).intoArray(numbers, to + WIDTH);
  }
}
