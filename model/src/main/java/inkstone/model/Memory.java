package inkstone.model;

import com.sun.management.OperatingSystemMXBean;
import inkstone.tensor.DType;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;

/** Whether a model fits into memory, before it is loaded. */
final class Memory {

  private static final Path LINUX = Path.of("/proc/meminfo");

  private Memory() {}

  /**
   * The bytes that a program can take: on Linux what the kernel says is available, elsewhere all
   * that the machine has, because what others hold cannot be told from caches there.
   */
  static long available() {
    long all =
        ManagementFactory.getOperatingSystemMXBean() instanceof OperatingSystemMXBean system
            ? system.getTotalMemorySize()
            : Long.MAX_VALUE;
    try {
      for (var line :
          Files.isReadable(LINUX) ? Files.readAllLines(LINUX) : java.util.List.<String>of()) {
        if (line.startsWith("MemAvailable:")) {
          return Math.min(all, Long.parseLong(line.replaceAll("\\D", "")) << 10);
        }
      }
    } catch (IOException | NumberFormatException e) {
      return all; // a kernel that tells it otherwise
    }
    return all;
  }

  /** Refuses weights that need more than is available; activations and caches are not counted. */
  static void check(Path directory, long numbers, DType type, long available) {
    if (numbers <= available / type.bytes()) {
      return;
    }
    var narrower =
        type.bytes() > 2 ? "; as BFLOAT16 they would need %s".formatted(size(2.0 * numbers)) : "";
    throw new ModelException(
        "%s: its %s weights need %s as %s, and %s of memory are free%s; %s weights would fit"
            .formatted(
                directory,
                count(numbers),
                size((double) numbers * type.bytes()),
                type,
                size(available),
                narrower,
                count(available / type.bytes())));
  }

  /** The same for weights that stay as they are stored, or become float32. */
  static void check(long bytes, long available) {
    if (bytes > available) {
      throw new ModelException(
          "its weights need %s, and %s of memory are free; take a smaller model or one in fewer bits"
              .formatted(size(bytes), size(available)));
    }
  }

  private static String size(double bytes) {
    return String.format(Locale.ROOT, "%.1f GB", bytes / 1e9);
  }

  private static String count(double numbers) {
    return String.format(Locale.ROOT, "%.2f billion", numbers / 1e9);
  }
}
