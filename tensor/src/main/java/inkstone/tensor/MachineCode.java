package inkstone.tensor;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * A function that we wrote ourselves, by the {@link Assembler}: what the Vector API has no word for
 * (products of 8-bit numbers, of bfloat16). It takes one address, that of its arguments, and gives
 * nothing; calling convention System V. It lives as long as the process.
 *
 * <p>Memory is never writable and executable at once. Nothing is checked once it runs: who calls it
 * answers for every address and size among the arguments.
 *
 * <p>Linux on x86-64 alone, and there where the system grants executable memory; {@code
 * -Dinkstone.machinecode=false} switches it off.
 */
final class MachineCode {

  /** What a kernel may need of the CPU, by the names of {@code /proc/cpuinfo}. */
  static final List<String> DOT_BYTES = List.of("avx512f", "avx512bw", "avx512_vnni");

  static final List<String> DOT_BFLOAT16 = List.of("avx512f", "avx512bw", "avx512_bf16");

  /** The switch. */
  private static final String PROPERTY = "inkstone.machinecode";

  private static final int READ = 1;
  private static final int WRITE = 2;
  private static final int EXECUTE = 4;
  private static final int PRIVATE_ANONYMOUS = 0x22;

  private static final Linker LINKER = Linker.nativeLinker();

  private static final MethodHandle CALL =
      LINKER.downcallHandle(
          FunctionDescriptor.ofVoid(ValueLayout.JAVA_LONG), Linker.Option.critical(false));

  private static final Set<String> FLAGS = flags();

  private final MemorySegment function;

  private MachineCode(MemorySegment function) {
    this.function = function;
  }

  /** Whether the CPU multiplies tiles of bfloat16: libtorch's products then do, and ours do not. */
  static boolean hasTiles() {
    return FLAGS.contains("amx_bf16");
  }

  /**
   * Whether this process may run code that needs these of the CPU. To be asked before a class that
   * holds such code is touched: where it cannot run, that class cannot be loaded.
   */
  static boolean runs(List<String> needed) {
    return FLAGS.containsAll(needed) && Probe.GRANTED;
  }

  /**
   * Makes a function of its bytes; nothing where the system grants no memory for it.
   *
   * @param code a whole function, which must not call others
   */
  static Optional<MachineCode> of(byte[] code) {
    try {
      var memory = map(code.length);
      if (memory.address() == -1) {
        return Optional.empty();
      }
      var bytes = memory.reinterpret(code.length);
      MemorySegment.copy(code, 0, bytes, ValueLayout.JAVA_BYTE, 0, code.length);
      return protect(memory, code.length) == 0
          ? Optional.of(new MachineCode(memory))
          : Optional.empty();
    } catch (Throwable e) {
      throw new AssertionError("the system's functions for memory cannot be called", e);
    }
  }

  /**
   * The same, where {@link #runs} said that it can be.
   *
   * @throws TensorException if the system grants no memory after all
   */
  static MachineCode required(byte[] code) {
    return of(code)
        .orElseThrow(() -> new TensorException("no memory for machine code was granted"));
  }

  /** Calls it; see {@link Linker.Option#critical}: no longer than some dozen microseconds. */
  void call(long arguments) {
    try {
      CALL.invokeExact(function, arguments);
    } catch (Throwable e) {
      throw new AssertionError("machine code throws nothing", e);
    }
  }

  private static MemorySegment map(long bytes) throws Throwable {
    var type =
        FunctionDescriptor.of(
            ValueLayout.ADDRESS,
            ValueLayout.JAVA_LONG,
            ValueLayout.JAVA_LONG,
            ValueLayout.JAVA_INT,
            ValueLayout.JAVA_INT,
            ValueLayout.JAVA_INT,
            ValueLayout.JAVA_LONG);
    return (MemorySegment)
        system("mmap", type).invokeExact(0L, bytes, READ | WRITE, PRIVATE_ANONYMOUS, -1, 0L);
  }

  private static int protect(MemorySegment memory, long bytes) throws Throwable {
    var type =
        FunctionDescriptor.of(
            ValueLayout.JAVA_INT, ValueLayout.ADDRESS, ValueLayout.JAVA_LONG, ValueLayout.JAVA_INT);
    return (int) system("mprotect", type).invokeExact(memory, bytes, READ | EXECUTE);
  }

  private static MethodHandle system(String name, FunctionDescriptor type) {
    return LINKER.downcallHandle(LINKER.defaultLookup().findOrThrow(name), type);
  }

  private static Set<String> flags() {
    if (!Boolean.parseBoolean(System.getProperty(PROPERTY, "true"))
        || !System.getProperty("os.name").equals("Linux")
        || !System.getProperty("os.arch").equals("amd64")) {
      return Set.of();
    }
    try (var lines = Files.lines(Path.of("/proc/cpuinfo"))) {
      return lines
          .filter(line -> line.startsWith("flags"))
          .findFirst()
          .map(line -> Set.copyOf(Arrays.asList(line.split("[ \t:]+"))))
          .orElse(Set.of());
    } catch (IOException e) {
      return Set.of();
    }
  }

  /** Asked when a kernel is wanted and not before. */
  private static final class Probe {

    private static final long SEEN = 0x1234_5678L;

    /** Whether a function that writes a number did so. */
    static final boolean GRANTED = granted();

    private static boolean granted() {
      var writer =
          new Assembler()
              .load(Assembler.Register.RAX, Assembler.at(Assembler.Register.RDI, 0))
              .store(Assembler.at(Assembler.Register.RDI, Long.BYTES), Assembler.Register.RAX)
              .giveBack();
      try (var arena = Arena.ofConfined()) {
        var memory = arena.allocate(MemoryLayout.sequenceLayout(2, ValueLayout.JAVA_LONG));
        memory.setAtIndex(ValueLayout.JAVA_LONG, 0, SEEN);
        MachineCode.of(writer.bytes()).ifPresent(code -> code.call(memory.address()));
        return memory.getAtIndex(ValueLayout.JAVA_LONG, 1) == SEEN;
      }
    }
  }
}
