package inkstone.tensor;

import java.util.Optional;

/**
 * How the numbers of a {@link QuantizedMatrix} lie in memory. {@link #LANES} rows form a group, in
 * which the numbers that are multiplied by the same input stand side by side, so that a vector
 * holds one number of each row and sums need not be gathered from its lanes. A group is
 *
 * <pre>
 * scales [columns / chunk, LANES], then least values of the same shape where there are such, then
 * 8 bits: [columns / 2, LANES, 2]; byte p of a row's two belongs to column 2 j + p
 * 4 bits: [columns / 8, LANES, 2] of 16 bits; half i of word p belongs to column 8 j + 2 i + p
 * </pre>
 *
 * A number is {@code scale (q - offset) + least}, each operation rounded to float32.
 *
 * @param bits 8, with q from -128 to 127, or 4, from 0 to 15
 * @param chunk columns that share a scale: 16, or a multiple of 32
 * @param wide whether scales and least values are float32 rather than float16
 * @param least whether there are least values
 * @param offset what is taken from q
 */
record PackedForm(int bits, int chunk, boolean wide, boolean least, int offset) {

  /** Rows of a group. */
  static final int LANES = Kernels.AVAILABLE ? Lanes.COUNT : 8;

  /** Columns must part into these. */
  static final int COLUMNS = 32;

  /** The form that holds the blocks of a type without loss; scales of scales are multiplied out. */
  static Optional<PackedForm> of(GgufType type) {
    return Optional.ofNullable(
        switch (type) {
          case Q8_0, Q5_0 -> new PackedForm(8, 32, false, false, 0);
          case Q4_0 -> new PackedForm(4, 32, false, false, 8);
          case Q4_1 -> new PackedForm(4, 32, false, true, 0);
          case Q5_1 -> new PackedForm(8, 32, false, true, 0);
          case Q4_K -> new PackedForm(4, 32, true, true, 0);
          case Q5_K -> new PackedForm(8, 32, true, true, 0);
          case Q6_K -> new PackedForm(8, 16, true, false, 0);
          default -> null;
        });
  }

  /** Columns that a kernel takes together: they share a scale, and one of the inputs. */
  int unit() {
    return Math.min(chunk, COLUMNS);
  }

  int scaleBytes() {
    return wide ? Float.BYTES : Short.BYTES;
  }

  /** Bytes of the scales of a group, or of its least values. */
  int scalesBytes(int columns) {
    return columns / chunk * LANES * scaleBytes();
  }

  /** Where a group's numbers begin. */
  int header(int columns) {
    return scalesBytes(columns) * (least ? 2 : 1);
  }

  /** Bytes of a group. */
  long groupBytes(int columns) {
    return header(columns) + (long) columns * LANES * bits / 8;
  }

  /** Groups that hold so many rows; the last may have rows of zeros. */
  static int groups(int rows) {
    return (rows + LANES - 1) / LANES;
  }

  /** Writes neighbours of one row of a group, from an even column on, into the group's bytes. */
  void put(byte[] group, int header, int row, int column, byte[] q) {
    if (bits == 8) {
      int at = header + column * LANES + 2 * row;
      for (int i = 0; i < q.length; i += 2, at += 2 * LANES) {
        group[at] = q[i];
        group[at + 1] = q[i + 1];
      }
      return;
    }
    for (int i = 0; i < q.length; i++) {
      group[header + nibble(row, column + i)] |= (byte) ((q[i] & 0xF) << (column + i >> 1 & 1) * 4);
    }
  }

  /** What {@link #put} wrote. */
  int get(byte[] group, int header, int row, int column) {
    if (bits == 8) {
      return group[header + (column >> 1) * 2 * LANES + 2 * row + (column & 1)];
    }
    return group[header + nibble(row, column)] >> (column >> 1 & 1) * 4 & 0xF;
  }

  /** The byte that holds a number of 4 bits. */
  private static int nibble(int row, int column) {
    int word = (column >> 3) * 2 * LANES + 2 * row + (column & 1);
    return 2 * word + (column >> 2 & 1);
  }
}
