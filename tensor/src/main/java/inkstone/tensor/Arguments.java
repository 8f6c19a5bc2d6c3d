package inkstone.tensor;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/**
 * Where the arguments of machine code lie, one after the other.
 *
 * @param memory a thread's own
 * @param at their address in it
 */
record Arguments(MemorySegment memory, long at) {

  /** The most that arguments take. */
  static final int BYTES = 16 * Long.BYTES;

  /** Calls a function with these. */
  void call(MachineCode code, long... words) {
    MemorySegment.copy(
        words, 0, memory, ValueLayout.JAVA_LONG, at - memory.address(), words.length);
    code.call(at);
  }

  /** Writes numbers to an address in the memory. */
  void put(long address, float[] numbers) {
    MemorySegment.copy(
        numbers, 0, memory, ValueLayout.JAVA_FLOAT, address - memory.address(), numbers.length);
  }
}
