package inkstone.tensor;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

/** Memory outside the heap that a thread keeps for its kernels, as much as the largest needed. */
final class Workspace {

  private static final long LINE = 64;

  private static final ThreadLocal<Workspace> OWN = ThreadLocal.withInitial(Workspace::new);

  private MemorySegment memory = MemorySegment.NULL;

  private Workspace() {}

  /** The calling thread's, whose contents the next kernel overwrites; on a line of the cache. */
  static MemorySegment of(long bytes) {
    var own = OWN.get();
    if (own.memory.byteSize() < bytes) {
      own.memory = MemorySegment.NULL; // the old one may go before the new one comes
      own.memory = Arena.ofAuto().allocate(bytes, LINE);
    }
    return own.memory;
  }
}
