package inkstone.tensor;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/**
 * Packs rows of blocks whose bytes stand in a group as they do in the file, which is all of Q8_0,
 * Q4_0 and Q4_1: words are moved, and none is unpacked. A plain loop, which is fast in a JVM that
 * has just begun.
 */
final class BlockCopy {

  private static final int ROWS = PackedForm.ROWS;

  private final int columns;
  private final int head;
  private final int body;
  private final int least;
  private final int numbers;
  private final short[] row;

  /** One thread's own. */
  BlockCopy(GgufType type, PackedForm form, int columns) {
    this.columns = columns;
    head = form.least() ? 2 : 1;
    body = type.blockBytes() / Short.BYTES - head;
    least = form.scalesBytes(columns) / Short.BYTES;
    numbers = form.header(columns) / Short.BYTES;
    row = new short[columns / PackedForm.COLUMNS * (head + body)];
  }

  static boolean takes(GgufType type) {
    return switch (type) {
      case Q8_0, Q4_0, Q4_1 -> true;
      default -> false;
    };
  }

  /** Writes a row to its lane of a group. */
  void put(MemorySegment blocks, short[] group, int lane) {
    MemorySegment.copy(blocks, ValueLayout.JAVA_SHORT_UNALIGNED, 0, row, 0, row.length);
    int to = numbers + 2 * lane;
    int from = 0;
    for (int block = 0; block < columns / PackedForm.COLUMNS; block++) {
      group[block * ROWS + lane] = row[from];
      if (head == 2) {
        group[least + block * ROWS + lane] = row[from + 1];
      }
      from += head;
      for (int i = 0; i < body; i += 2, from += 2, to += 2 * ROWS) {
        group[to] = row[from];
        group[to + 1] = row[from + 1];
      }
    }
  }
}
