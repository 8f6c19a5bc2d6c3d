package inkstone.tensor;

import static inkstone.tensor.Unpacking.ALL;
import static inkstone.tensor.VectorUnpacking.FLOATS;
import static inkstone.tensor.VectorUnpacking.ORDER;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import jdk.incubator.vector.FloatVector;

/**
 * Where the sums of a {@link QuantizedKernel} go, and what is added to them on the way.
 *
 * @param y the address of [rows, width] float32
 * @param bias that of biases [width], or 0
 * @param added that of what has y's shape and is added, or 0
 */
record QuantizedOutput(long y, int width, long bias, long added) {

  private static final int LANES = Lanes.COUNT;

  /**
   * Writes the sums of a group.
   *
   * @param from the first in {@code sums}
   * @param row of y
   * @param place where in the row the group begins
   * @param left the numbers that its matrix has from there on
   */
  void write(float[] sums, int from, int row, int place, int left) {
    for (int lane = 0; lane < Math.min(PackedForm.ROWS, left); lane += LANES) {
      vector(sums, from + lane, Math.min(LANES, left - lane), row, place + lane);
    }
  }

  private void vector(float[] sums, int from, int count, int row, int place) {
    long at = ((long) row * width + place) * Float.BYTES;
    if (bias != 0) {
      add(sums, from, count, bias + (long) place * Float.BYTES);
    }
    if (added != 0) {
      add(sums, from, count, added + at);
    }
    if (count == LANES) {
      FloatVector.fromArray(FLOATS, sums, from).intoMemorySegment(ALL, y + at, ORDER);
    } else {
      MemorySegment.copy(sums, from, ALL, ValueLayout.JAVA_FLOAT, y + at, count);
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
}
