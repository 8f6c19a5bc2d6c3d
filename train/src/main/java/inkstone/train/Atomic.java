package inkstone.train;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.Comparator;

/** Files and folders that are there whole or not at all. */
final class Atomic {

  private Atomic() {}

  static void directory(Path directory) {
    try {
      Files.createDirectories(directory);
    } catch (IOException e) {
      throw new TrainingException(
          "%s cannot be made (%s); choose a folder that you may write to".formatted(directory, e),
          e);
    }
  }

  /** Writes a text beside the file, syncs it and renames it into place. */
  static void write(Path file, String text) {
    var beside = file.resolveSibling(file.getFileName() + ".partial");
    try {
      Files.writeString(beside, text);
      sync(beside);
      Files.move(beside, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    } catch (IOException e) {
      delete(beside);
      throw new TrainingException("%s cannot be written: %s".formatted(file, e), e);
    }
  }

  /** Gives a finished folder its name; a folder of that name goes first. */
  static void rename(Path from, Path to) throws IOException {
    delete(to);
    Files.move(from, to, StandardCopyOption.ATOMIC_MOVE);
  }

  private static void sync(Path file) throws IOException {
    try (var channel = FileChannel.open(file, StandardOpenOption.WRITE)) {
      channel.force(true);
    }
  }

  /** Removes a file or a folder with all in it, where it exists. */
  static void delete(Path path) {
    if (!Files.exists(path)) {
      return;
    }
    try (var all = Files.walk(path)) {
      for (var each : all.sorted(Comparator.reverseOrder()).toList()) {
        Files.deleteIfExists(each);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(path + " cannot be removed", e);
    }
  }
}
