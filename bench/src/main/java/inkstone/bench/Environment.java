package inkstone.bench;

import java.util.List;
import java.util.Map;

/**
 * Which variables of the launcher our worker sees. A peer never sees them: it runs as its users run
 * it.
 */
public enum Environment {
  /** What the launcher has set stays. */
  AS_IS,
  /** As in anybody's JVM: shows whether our speed hangs on the launcher. */
  PLAIN;

  /** What the launcher sets and a library, not the operating system, reads. */
  static final List<String> LAUNCHERS =
      List.of("MALLOC_ARENA_MAX", "MALLOC_MMAP_THRESHOLD_", "MALLOC_TRIM_THRESHOLD_");

  /** Changes the variables of a process that is about to start. */
  void apply(Map<String, String> variables, int threads) {
    if (this == PLAIN) {
      LAUNCHERS.forEach(variables::remove);
    }
    variables.put("OMP_NUM_THREADS", Integer.toString(threads));
  }

  @Override
  public String toString() {
    return Words.of(this);
  }
}
