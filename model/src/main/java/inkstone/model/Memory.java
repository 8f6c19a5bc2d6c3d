package inkstone.model;

import com.sun.management.OperatingSystemMXBean;
import inkstone.tensor.GgufType;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.StringJoiner;

/** Whether a model fits into memory, before it is loaded. */
final class Memory {

  private static final Path LINUX = Path.of("/proc/meminfo");

  /** A short chat: the cache takes memory as it fills, so a context of 128k refuses no model. */
  private static final int CACHED_TOKENS = 2_048;

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

  /**
   * Refuses a network that needs more than is available: its weights, and the cache of one text of
   * 2,048 tokens, or of its context if that is less. Activations are not counted.
   *
   * @param numbers how many weights there are
   * @param bytes what they take
   * @param stored how they are kept, in words
   */
  static void check(DecoderConfig config, long numbers, long bytes, String stored, long available) {
    int tokens = Math.min(config.context(), CACHED_TOKENS);
    double cache = cacheBytes(config) * tokens;
    if (bytes + cache <= available) {
      return;
    }
    var fits = new StringJoiner(", ");
    double left = available - cache;
    for (var form : Form.values()) {
      if (numbers * form.bytes <= left && numbers * form.bytes < bytes) {
        fits.add("%s (%s)".formatted(size(numbers * form.bytes), form.words));
      }
    }
    throw new ModelException(
        "its %s weights need %s %s and the cache of %,d tokens %s, and %s of memory are free; what would fit: %s"
            .formatted(
                count(numbers),
                size(bytes),
                stored,
                tokens,
                size(cache),
                size(available),
                fits.length() > 0
                    ? "the same model in " + fits
                    : "one of up to %s weights in 8 bits, or %s in 4"
                        .formatted(
                            count(Math.max(0, left) / Form.EIGHT.bytes),
                            count(Math.max(0, left) / Form.FOUR.bytes))));
  }

  /** The same of a network without a cache, which there is in one form alone. */
  static void check(long numbers, long bytes, String stored, long available) {
    if (bytes > available) {
      throw new ModelException(
          "its %s weights need %s %s, and %s of memory are free; what would fit: one of up to %s weights"
              .formatted(
                  count(numbers),
                  size(bytes),
                  stored,
                  size(available),
                  count((double) available * numbers / bytes)));
    }
  }

  /** Keys and values of one token, in float32. */
  private static double cacheBytes(DecoderConfig config) {
    return 2.0 * Float.BYTES * config.layers() * config.keyValueHeads() * config.headDim();
  }

  /** What a model can be had in. */
  private enum Form {
    EIGHT("GGUF with q8_0", GgufType.Q8_0),
    FOUR("GGUF with q4_0", GgufType.Q4_0);

    private final String words;

    /** Of one weight. */
    private final double bytes;

    Form(String words, GgufType type) {
      this.words = words;
      bytes = (double) type.blockBytes() / type.blockElements();
    }
  }

  private static String size(double bytes) {
    return String.format(Locale.ROOT, bytes < 1e8 ? "%.3f GB" : "%.1f GB", bytes / 1e9);
  }

  private static String count(double numbers) {
    return String.format(Locale.ROOT, "%.2f billion", numbers / 1e9);
  }
}
