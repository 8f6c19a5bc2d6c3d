package inkstone.journal;

import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;

/**
 * The machine a run works on.
 *
 * @param os name and version of the operating system
 * @param arch processor architecture
 * @param cpu name of the processor; the architecture where no name is known
 * @param cores processors this JVM may use
 * @param memoryBytes physical memory; 0 where it is not known
 * @param java vendor and version of the JVM
 * @param engine what computes, for example {@code libtorch 2.10.0}
 * @param device {@code cpu} or {@code cuda}
 */
public record Machine(
    String os,
    String arch,
    String cpu,
    int cores,
    long memoryBytes,
    String java,
    String engine,
    String device) {

  /** The machine of this process. */
  public static Machine here(String engine, String device) {
    var arch = System.getProperty("os.arch");
    return new Machine(
        System.getProperty("os.name") + " " + System.getProperty("os.version"),
        arch,
        cpuName(Path.of("/proc/cpuinfo"), arch),
        Runtime.getRuntime().availableProcessors(),
        memory(),
        System.getProperty("java.vendor") + " " + Runtime.version(),
        engine,
        device);
  }

  static String cpuName(Path cpuinfo, String otherwise) {
    if (Files.isReadable(cpuinfo)) {
      try {
        for (var line : Files.readAllLines(cpuinfo, StandardCharsets.ISO_8859_1)) {
          var colon = line.indexOf(':');
          if (colon > 0 && line.toLowerCase(Locale.ROOT).startsWith("model name")) {
            return line.substring(colon + 1).strip();
          }
        }
      } catch (IOException e) {
        return otherwise;
      }
    }
    return otherwise;
  }

  private static long memory() {
    return ManagementFactory.getOperatingSystemMXBean()
            instanceof com.sun.management.OperatingSystemMXBean bean
        ? bean.getTotalMemorySize()
        : 0;
  }
}
