package inkstone.tensor;

import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import java.util.Optional;

/**
 * Asks Linux to give memory in pages of 2 MiB: what is read from end to end at every step needs
 * fewer look-ups of addresses then, and is given in fewer steps when it is first written.
 */
final class HugePages {

  private static final long PAGE = 2 << 20;

  /** MADV_HUGEPAGE. */
  private static final int ADVICE = 14;

  private static final Optional<MethodHandle> MADVISE = madvise();

  private HugePages() {}

  /** To be called before the memory is written; changes no contents, and is never refused. */
  static void ask(MemorySegment memory) {
    long from = (memory.address() + PAGE - 1) & -PAGE;
    long end = (memory.address() + memory.byteSize()) & -PAGE;
    if (MADVISE.isEmpty() || end <= from) {
      return;
    }
    try {
      int ignored = (int) MADVISE.get().invokeExact(from, end - from, ADVICE);
    } catch (Throwable e) {
      throw new AssertionError("madvise does not throw", e);
    }
  }

  private static Optional<MethodHandle> madvise() {
    if (!System.getProperty("os.name").equals("Linux")) {
      return Optional.empty();
    }
    var linker = Linker.nativeLinker();
    return linker
        .defaultLookup()
        .find("madvise")
        .map(
            function ->
                linker.downcallHandle(
                    function,
                    FunctionDescriptor.of(
                        ValueLayout.JAVA_INT,
                        ValueLayout.JAVA_LONG,
                        ValueLayout.JAVA_LONG,
                        ValueLayout.JAVA_INT)));
  }
}
