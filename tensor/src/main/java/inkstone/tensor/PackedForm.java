package inkstone.tensor;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.util.Optional;

/**
 * How the numbers of a {@link QuantizedMatrix} lie in memory. {@link #ROWS} rows form a group, in
 * which numbers of the same columns stand side by side, so that a vector holds some of each row and
 * sums need not be gathered from its lanes; four neighbours of a row stay together, as most files
 * have them. A group is
 *
 * <pre>
 * scales [columns / chunk, ROWS], then least values of the same shape where there are such, then
 * 8 bits: [columns / 4, ROWS, 4]; byte b of a row's four belongs to column 4 j + b
 * 4 bits: [columns / 32, 4, ROWS, 4]; byte b holds column 32 i + 4 j + b, and above it that 16 on
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

  /** Rows of a group: two vectors, which share what is read of the inputs. */
  static final int ROWS = Kernels.AVAILABLE ? 2 * Lanes.COUNT : 16;

  /** Four bytes of an array. */
  private static final VarHandle FOUR =
      MethodHandles.byteArrayViewVarHandle(int[].class, ByteOrder.LITTLE_ENDIAN);

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
    return columns / chunk * ROWS * scaleBytes();
  }

  /** Where a group's numbers begin. */
  int header(int columns) {
    return scalesBytes(columns) * (least ? 2 : 1);
  }

  /** Bytes of a group. */
  long groupBytes(int columns) {
    return header(columns) + (long) columns * ROWS * bits / 8;
  }

  /** Groups that hold so many rows; the last may have rows of zeros. */
  static int groups(int rows) {
    return (rows + ROWS - 1) / ROWS;
  }

  /**
   * Writes neighbours of one row of a group into the group's bytes.
   *
   * @param column the first, a multiple of 32 as their number is; of 16 is enough for 8 bits
   */
  void put(byte[] group, int header, int row, int column, byte[] q) {
    int at = header + (column * bits / 32 * ROWS + row) * 4;
    if (bits == 8) {
      for (int i = 0; i < q.length; i += 4, at += 4 * ROWS) {
        FOUR.set(group, at, (int) FOUR.get(q, i));
      }
      return;
    }
    for (int block = 0; block < q.length; block += COLUMNS) {
      for (int i = block; i < block + 16; i += 4, at += 4 * ROWS) {
        FOUR.set(group, at, (int) FOUR.get(q, i) | (int) FOUR.get(q, i + 16) << 4);
      }
    }
  }

  /** What {@link #put} wrote. */
  int get(byte[] group, int header, int row, int column) {
    if (bits == 8) {
      return group[header + ((column >> 2) * ROWS + row) * 4 + (column & 3)];
    }
    int four = column / COLUMNS * 4 + (column % 16 >> 2);
    return group[header + (four * ROWS + row) * 4 + (column & 3)] >> (column >> 4 & 1) * 4 & 0xF;
  }
}
