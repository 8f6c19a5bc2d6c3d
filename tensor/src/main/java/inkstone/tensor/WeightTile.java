package inkstone.tensor;

import static inkstone.tensor.VectorUnpacking.INTS;
import static inkstone.tensor.VectorUnpacking.ORDER;
import static inkstone.tensor.VectorUnpacking.floats;

import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.VectorOperators;

/**
 * A group of a {@link QuantizedMatrix}, small enough for the cache: whole numbers as floats
 * [columns, ROWS], and what they are multiplied with and shifted by [columns / unit, ROWS].
 */
final class WeightTile {

  private static final int ROWS = PackedForm.ROWS;
  private static final int LANES = Lanes.COUNT;

  private final QuantizedMatrix w;
  private final float[] numbers;
  private final float[] scales;
  private final float[] least;

  WeightTile(QuantizedMatrix w) {
    this.w = w;
    numbers = new float[Math.multiplyExact(w.columns, ROWS)];
    scales = new float[w.scaleCount()];
    least = new float[w.scaleCount()];
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
    return w.form.least();
  }

  /** What is taken from each whole number. */
  int offset() {
    return w.form.offset();
  }

  int columns() {
    return w.columns;
  }

  /** Columns that share a scale. */
  int unit() {
    return w.form.unit();
  }

  /** Reads a group. */
  void read(int number) {
    long group = w.address() + number * w.form.groupBytes(w.columns);
    VectorUnpacking.scales(w, group, false, scales);
    if (shifts()) {
      VectorUnpacking.scales(w, group, true, least);
    }
    long from = group + w.form.header(w.columns);
    for (int lane = 0; lane < ROWS; lane += LANES) {
      if (w.form.bits() == 8) {
        unpack8(from + 4L * lane, numbers, lane, w.columns);
      } else {
        unpack4(from + 4L * lane, numbers, lane, w.columns);
      }
    }
  }

  private static IntVector fours(long at) {
    return IntVector.fromMemorySegment(INTS, Unpacking.ALL, at, ORDER);
  }

  static void unpack8(long from, float[] numbers, int to, int columns) {
    for (int i = 0; i < columns; i += 4) {
      var v = fours(from + (long) i * ROWS);
      int at = to + i * ROWS;
      floats(v.lanewise(VectorOperators.LSHL, 24).lanewise(VectorOperators.ASHR, 24))
          .intoArray(numbers, at);
      floats(v.lanewise(VectorOperators.LSHL, 16).lanewise(VectorOperators.ASHR, 24))
          .intoArray(numbers, at + ROWS);
      floats(v.lanewise(VectorOperators.LSHL, 8).lanewise(VectorOperators.ASHR, 24))
          .intoArray(numbers, at + 2 * ROWS);
      floats(v.lanewise(VectorOperators.ASHR, 24)).intoArray(numbers, at + 3 * ROWS);
    }
  }

  private static void unpack4(long from, float[] numbers, int to, int columns) {
    for (int i = 0; i < columns / 8; i++) {
      var v = fours(from + 4L * ROWS * i);
      int at = to + (i / 4 * PackedForm.COLUMNS + i % 4 * 4) * ROWS;
      half(v, numbers, at);
      half(v.lanewise(VectorOperators.LSHR, 4), numbers, at + 16 * ROWS);
    }
  }

  private static void half(IntVector v, float[] numbers, int at) {
    floats(v.and(15)).intoArray(numbers, at);
    floats(v.lanewise(VectorOperators.LSHR, 8).and(15)).intoArray(numbers, at + ROWS);
    floats(v.lanewise(VectorOperators.LSHR, 16).and(15)).intoArray(numbers, at + 2 * ROWS);
    floats(v.lanewise(VectorOperators.LSHR, 24).and(15)).intoArray(numbers, at + 3 * ROWS);
  }
}
