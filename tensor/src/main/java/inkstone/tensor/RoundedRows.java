package inkstone.tensor;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/**
 * Rows of inputs in whole numbers of 8 bits, as {@link QuantizedInput} rounds them, for machine
 * code: block by block of 32 numbers their bytes, their scale, -128 and -8 times the sum of the
 * bytes, and the sum of the numbers as rounded. Rows lie so far apart that not all of them meet in
 * the same place of a cache.
 *
 * @param memory of all rows
 * @param stride bytes from one row to the next
 */
record RoundedRows(MemorySegment memory, int rows, int blocks, long stride) {

  static final int SCALE = 32;
  static final int LESS_128 = 36;
  static final int LESS_8 = 40;
  static final int SUM = 44;
  static final int BLOCK_BYTES = 48;

  private static final int LINE = 64;

  /** A thread's memory, which it uses again: only one product of a thread is under way. */
  private static final ThreadLocal<MemorySegment> OWN =
      ThreadLocal.withInitial(() -> MemorySegment.NULL);

  /** What a thread rounds: arguments, then numbers. */
  private static final ThreadLocal<MemorySegment> GIVEN =
      ThreadLocal.withInitial(() -> MemorySegment.NULL);

  /** Room for rows in this thread's memory, until it asks again; the numbers are anything. */
  static RoundedRows of(int rows, int columns) {
    int blocks = columns / PackedForm.COLUMNS;
    long lines = ((long) blocks * BLOCK_BYTES + LINE - 1) / LINE | 1;
    long bytes = rows * lines * LINE;
    if (OWN.get().byteSize() < bytes) {
      OWN.set(Arena.ofAuto().allocate(bytes, LINE));
    }
    return new RoundedRows(OWN.get(), rows, blocks, lines * LINE);
  }

  /** Rounds the first numbers of an array to a row; rows may be written by several threads. */
  void put(int row, float[] from) {
    int columns = blocks * PackedForm.COLUMNS;
    var given = given(RoundCode.ARGUMENT_BYTES + (long) columns * Float.BYTES);
    long numbers = given.address() + RoundCode.ARGUMENT_BYTES;
    MemorySegment.copy(from, 0, given, ValueLayout.JAVA_FLOAT, RoundCode.ARGUMENT_BYTES, columns);
    given.set(ValueLayout.JAVA_LONG, RoundCode.FROM, numbers);
    given.set(ValueLayout.JAVA_LONG, RoundCode.TO, address(row));
    given.set(ValueLayout.JAVA_LONG, RoundCode.BLOCKS, blocks);
    Code.ROUND.call(given.address());
  }

  private static MemorySegment given(long bytes) {
    if (GIVEN.get().byteSize() < bytes) {
      GIVEN.set(Arena.ofAuto().allocate(bytes, LINE));
    }
    return GIVEN.get();
  }

  /** Made when the first row is rounded. */
  private static final class Code {
    static final MachineCode ROUND = MachineCode.of(new RoundCode().bytes()).orElseThrow();
  }

  /** Where a row begins. */
  long address(int row) {
    return memory.address() + row * stride;
  }
}
