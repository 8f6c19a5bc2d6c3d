package inkstone.tensor;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorOperators;

/**
 * A row of inputs in whole numbers of 8 bits: each {@link PackedForm#COLUMNS} share the scale that
 * makes their largest magnitude 127, as llama.cpp's {@code quantize_row_q8_0} has it.
 *
 * @param pairs two numbers to an int: of each four, the first and, above it, the third, then the
 *     second and the fourth
 * @param scales one for each 32 numbers
 * @param wholes the sums of those 32 whole numbers
 * @param sums of those 32 numbers, as rounded
 */
record QuantizedInput(int[] pairs, float[] scales, int[] wholes, float[] sums) {

  private static final int BLOCK = PackedForm.COLUMNS;
  private static final int MOST = 127;

  /** Added to a float below 2^22, it leaves the nearest whole number in the last bits. */
  static final float ROUND = 0x1.8p23f;

  /** The first {@code count} numbers. */
  static QuantizedInput of(float[] x, int count) {
    var pairs = new int[count / 2];
    var scales = new float[count / BLOCK];
    var wholes = new int[scales.length];
    var sums = new float[scales.length];
    var bits = new int[BLOCK];
    for (int block = 0; block < scales.length; block++) {
      float scale = largest(x, block * BLOCK) / MOST;
      round(x, block * BLOCK, scale < Float.MIN_NORMAL ? 0 : 1 / scale, bits);
      scales[block] = scale;
      wholes[block] = pair(bits, pairs, block * BLOCK / 2);
      sums[block] = scale * wholes[block];
    }
    return new QuantizedInput(pairs, scales, wholes, sums);
  }

  private static float largest(float[] x, int from) {
    // Without their signs, floats stand in the order of their bits, and whole numbers are quicker.
    var most = FloatVector.zero(Lanes.SPECIES).reinterpretAsInts();
    for (int i = 0; i < BLOCK; i += Lanes.COUNT) {
      most = most.max(FloatVector.fromArray(Lanes.SPECIES, x, from + i).abs().reinterpretAsInts());
    }
    return Float.intBitsToFloat(most.reduceLanes(VectorOperators.MAX));
  }

  private static void round(float[] x, int from, float inverse, int[] bits) {
    for (int i = 0; i < BLOCK; i += Lanes.COUNT) {
      FloatVector.fromArray(Lanes.SPECIES, x, from + i)
          .mul(inverse)
          .add(ROUND)
          .reinterpretAsInts()
          .intoArray(bits, i);
    }
  }

  /** Gives the sum. */
  private static int pair(int[] bits, int[] pairs, int at) {
    int sum = 0;
    for (int i = 0; i < BLOCK; i += 4) {
      int first = (short) bits[i];
      int second = (short) bits[i + 1];
      int third = (short) bits[i + 2];
      int fourth = (short) bits[i + 3];
      pairs[at + i / 2] = first & 0xFFFF | third << 16;
      pairs[at + i / 2 + 1] = second & 0xFFFF | fourth << 16;
      sum += first + second + third + fourth;
    }
    return sum;
  }
}
