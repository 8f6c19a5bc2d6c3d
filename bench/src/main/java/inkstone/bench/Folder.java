package inkstone.bench;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;

/**
 * A folder that goes when it is closed, with all that is in it.
 *
 * @param path where it lies
 */
record Folder(Path path) implements AutoCloseable {

  static Folder temporary() {
    try {
      return new Folder(Files.createTempDirectory("inkstone-bench"));
    } catch (IOException e) {
      throw new UncheckedIOException("cannot make a folder for temporary files", e);
    }
  }

  @Override
  public void close() {
    try (var inside = Files.walk(path)) {
      for (var each : inside.sorted(Comparator.reverseOrder()).toList()) {
        Files.delete(each);
      }
    } catch (IOException e) {
      throw new UncheckedIOException("cannot clear " + path, e);
    }
  }
}
