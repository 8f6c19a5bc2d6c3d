package inkstone.tensor;

/**
 * A row of inputs in whole numbers of 8 bits: each {@link PackedForm#COLUMNS} share the scale that
 * makes their largest magnitude 127, as llama.cpp's {@code quantize_row_q8_0} has it.
 *
 * @param pairs two neighbours to an int, the first in its lower half
 * @param scales one for each 32 numbers
 * @param sums of those 32 numbers, as rounded
 */
record QuantizedInput(int[] pairs, float[] scales, float[] sums) {

  private static final int MOST = 127;

  /** Added to a float below 2^22, it leaves the nearest whole number in the last bits. */
  private static final float ROUND = 0x1.8p23f;

  static QuantizedInput of(float[] x) {
    var pairs = new int[x.length / 2];
    var scales = new float[x.length / PackedForm.COLUMNS];
    var sums = new float[scales.length];
    for (int block = 0; block < scales.length; block++) {
      int from = block * PackedForm.COLUMNS;
      float most = 0;
      for (int i = from; i < from + PackedForm.COLUMNS; i++) {
        most = Math.max(most, Math.abs(x[i]));
      }
      float scale = most / MOST;
      float inverse = scale < Float.MIN_NORMAL ? 0 : 1 / scale;
      int sum = 0;
      for (int i = from; i < from + PackedForm.COLUMNS; i += 2) {
        int even = (short) Float.floatToRawIntBits(x[i] * inverse + ROUND);
        int odd = (short) Float.floatToRawIntBits(x[i + 1] * inverse + ROUND);
        pairs[i / 2] = even & 0xFFFF | odd << 16;
        sum += even + odd;
      }
      scales[block] = scale;
      sums[block] = sum * scale;
    }
    return new QuantizedInput(pairs, scales, sums);
  }
}
