package inkstone.tensor;

import java.util.List;

/**
 * Rows of {@link QuantizedInput} for products with many rows: their whole numbers as floats, in
 * strips of {@link #ROWS} rows side by side, so that a loop over columns reads one after the other.
 *
 * @param numbers [strips][columns][ROWS]; 0 in the rows that the last strip lacks
 * @param scales [strips][columns / 32][ROWS]
 * @param wholes the same of the sums of whole numbers
 * @param sums the same of those of the inputs
 */
record QuantizedStrips(float[][] numbers, float[][] scales, float[][] wholes, float[][] sums) {

  /** With two vectors of weights these make eight sums: as many as registers hold. */
  static final int ROWS = 4;

  static QuantizedStrips of(List<QuantizedInput> rows) {
    int strips = (rows.size() + ROWS - 1) / ROWS;
    var numbers = new float[strips][];
    var scales = new float[strips][];
    var wholes = new float[strips][];
    var sums = new float[strips][];
    Workers.run(
        strips,
        () ->
            strip -> {
              int columns = 2 * rows.getFirst().pairs().length;
              numbers[strip] = new float[columns * ROWS];
              scales[strip] = new float[columns / PackedForm.COLUMNS * ROWS];
              wholes[strip] = new float[scales[strip].length];
              sums[strip] = new float[scales[strip].length];
              for (int i = 0; i < Math.min(ROWS, rows.size() - strip * ROWS); i++) {
                var row = rows.get(strip * ROWS + i);
                spread(row.pairs(), numbers[strip], i);
                for (int unit = 0; unit < row.scales().length; unit++) {
                  scales[strip][unit * ROWS + i] = row.scales()[unit];
                  wholes[strip][unit * ROWS + i] = row.wholes()[unit];
                  sums[strip][unit * ROWS + i] = row.sums()[unit];
                }
              }
            });
    return new QuantizedStrips(numbers, scales, wholes, sums);
  }

  private static void spread(int[] pairs, float[] to, int row) {
    for (int i = 0; i < pairs.length; i += 2) {
      int at = 2 * i * ROWS + row;
      to[at] = (short) pairs[i];
      to[at + ROWS] = (short) pairs[i + 1];
      to[at + 2 * ROWS] = pairs[i] >> 16;
      to[at + 3 * ROWS] = pairs[i + 1] >> 16;
    }
  }
}
