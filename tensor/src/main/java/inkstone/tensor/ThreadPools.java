package inkstone.tensor;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.ValueLayout;
import java.util.Map;

/**
 * The pools of threads inside libtorch (OpenMP's and OpenBLAS's), which share the cores with ours:
 * a thread that waits by spinning halves the speed of the others. They are told by environment
 * variables, which each reads once, when it is loaded.
 */
final class ThreadPools {

  private static final Map<String, String> SLEEP =
      Map.of("OMP_WAIT_POLICY", "PASSIVE", "OPENBLAS_THREAD_TIMEOUT", "4");

  private ThreadPools() {}

  /** To be called before libtorch is loaded; what the user has set stays. */
  static void letWaitingThreadsSleep() {
    var linker = Linker.nativeLinker();
    var setenv = linker.defaultLookup().find("setenv");
    if (setenv.isEmpty()) {
      return; // Windows: there is no such pool
    }
    var call =
        linker.downcallHandle(
            setenv.get(),
            FunctionDescriptor.of(
                ValueLayout.JAVA_INT,
                ValueLayout.ADDRESS,
                ValueLayout.ADDRESS,
                ValueLayout.JAVA_INT));
    try (var arena = Arena.ofConfined()) {
      for (var variable : SLEEP.entrySet()) {
        var name = arena.allocateFrom(variable.getKey());
        var value = arena.allocateFrom(variable.getValue());
        int unused = (int) call.invokeExact(name, value, 0);
      }
    } catch (Throwable e) {
      throw new AssertionError("setenv does not throw", e);
    }
  }
}
