package inkstone.cli;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Map;
import java.util.Optional;

/** Where what was typed is kept: a file that its owner alone may read. */
final class ChatHistory {

  private ChatHistory() {}

  /** The usual place: {@code $XDG_DATA_HOME/inkstone}, else {@code ~/.local/share/inkstone}. */
  static Path usual(Map<String, String> environment) {
    return Optional.ofNullable(environment.get("XDG_DATA_HOME"))
        .filter(folder -> !folder.isBlank())
        .map(Path::of)
        .orElseGet(() -> Path.of(System.getProperty("user.home"), ".local", "share"))
        .resolve("inkstone")
        .resolve("chat_history");
  }

  /** Makes the file ready, and private; false where it cannot be written. */
  static boolean prepare(Path file) {
    try {
      boolean posix = file.getFileSystem().supportedFileAttributeViews().contains("posix");
      var folder = file.toAbsolutePath().getParent();
      if (folder != null && !Files.exists(folder)) {
        Files.createDirectories(folder);
        if (posix) {
          Files.setPosixFilePermissions(folder, PosixFilePermissions.fromString("rwx------"));
        }
      }
      if (!Files.exists(file)) {
        Files.createFile(file);
      }
      if (posix) {
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-------"));
      }
      return Files.isRegularFile(file) && Files.isWritable(file);
    } catch (IOException | UnsupportedOperationException e) {
      return false;
    }
  }
}
