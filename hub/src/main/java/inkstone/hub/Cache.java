package inkstone.hub;

import java.io.IOException;
import java.nio.file.AtomicMoveNotSupportedException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Comparator;

/**
 * The folder where all that was fetched is kept:
 *
 * <pre>
 * blobs/ab/abcd...            a file's bytes, named after their SHA-256
 * partial/                    what has come so far of files that are not here yet
 * snapshots/PLACE/ID/         a model: links to blobs, or copies where links cannot be
 * snapshots/PLACE/ID.json     which files these are
 * refs/PLACE/NAME             the ID that a branch, a version or an address has now
 * locks/                      held by whoever writes
 * </pre>
 */
record Cache(Path root) {

  Path blob(String sha256) {
    return root.resolve("blobs").resolve(sha256.substring(0, 2)).resolve(sha256);
  }

  Path partial(String key) {
    return root.resolve("partial").resolve(key);
  }

  Path lock(String name) {
    // Places have slashes, and names of files an end.
    return root.resolve("locks").resolve(Checksum.sha256(name));
  }

  Path snapshot(String place, String id) {
    return root.resolve("snapshots").resolve(place).resolve(id);
  }

  Path manifest(String place, String id) {
    return root.resolve("snapshots").resolve(place).resolve(id + ".json");
  }

  Path ref(String place, String name) {
    return root.resolve("refs").resolve(place).resolve(Endpoint.encoded(name));
  }

  /** Makes {@code file} the blob's content: a link, or a copy where the disk has no links. */
  static void link(Path blob, Path file) throws IOException {
    Files.createDirectories(file.getParent());
    var beside = beside(file);
    try {
      try {
        Files.createLink(beside, blob);
      } catch (FileAlreadyExistsException e) {
        throw e;
      } catch (IOException | UnsupportedOperationException e) {
        Files.copy(blob, beside);
      }
      move(beside, file);
    } finally {
      // Renaming a link to a link of the same file does nothing, and says nothing.
      Files.deleteIfExists(beside);
    }
  }

  /** A file that is there whole or not at all. */
  static void write(Path file, byte[] content) throws IOException {
    Files.createDirectories(file.getParent());
    var beside = beside(file);
    try {
      try (var channel =
          Disk.REAL.open(
              beside,
              java.nio.file.StandardOpenOption.CREATE_NEW,
              java.nio.file.StandardOpenOption.WRITE)) {
        var bytes = java.nio.ByteBuffer.wrap(content);
        while (bytes.hasRemaining()) {
          channel.write(bytes);
        }
        channel.force(true);
      }
      move(beside, file);
    } finally {
      Files.deleteIfExists(beside);
    }
  }

  static void move(Path from, Path to) throws IOException {
    try {
      Files.move(from, to, StandardCopyOption.ATOMIC_MOVE);
    } catch (AtomicMoveNotSupportedException e) {
      Files.move(from, to, StandardCopyOption.REPLACE_EXISTING);
    }
  }

  /** A name that nobody else uses at this moment, in the same folder. */
  static Path beside(Path file) {
    return file.resolveSibling(
        "."
            + file.getFileName()
            + "."
            + Long.toHexString(ProcessHandle.current().pid())
            + "-"
            + Long.toHexString(System.nanoTime()));
  }

  static void delete(Path folder) throws IOException {
    if (!Files.exists(folder, java.nio.file.LinkOption.NOFOLLOW_LINKS)) {
      return;
    }
    try (var files = Files.walk(folder)) {
      for (var file : files.sorted(Comparator.reverseOrder()).toList()) {
        Files.delete(file);
      }
    }
  }
}
