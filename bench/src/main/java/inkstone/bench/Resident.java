package inkstone.bench;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.OptionalLong;

/** Physical memory of a process, as Linux tells it. */
final class Resident {

  private Resident() {}

  /** The most that this process has held, in bytes; empty where the system does not say. */
  static OptionalLong peak() {
    return peak(Path.of("/proc/self/status"));
  }

  static OptionalLong peak(Path status) {
    if (!Files.isReadable(status)) {
      return OptionalLong.empty();
    }
    try (var lines = Files.lines(status, StandardCharsets.ISO_8859_1)) {
      return lines
          .filter(line -> line.matches("VmHWM:\\s+\\d+ kB"))
          .mapToLong(line -> Long.parseLong(line.replaceAll("\\D", "")) * 1024)
          .findFirst();
    } catch (IOException e) {
      return OptionalLong.empty();
    }
  }
}
