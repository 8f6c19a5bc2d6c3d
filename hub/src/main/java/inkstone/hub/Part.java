package inkstone.hub;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** What has come so far of a file, and what proves later that the server still has the same. */
record Part(Path file) {

  long size() throws IOException {
    return Files.exists(file) ? Files.size(file) : 0;
  }

  private Path note() {
    return file.resolveSibling(file.getFileName() + ".validator");
  }

  String validator() throws IOException {
    return Files.exists(note()) ? Files.readString(note()) : "";
  }

  /** Empties the file first: its old bytes must never stand beside a new proof. */
  void begin(String validator) throws IOException {
    clear();
    Files.createDirectories(file.getParent());
    Files.writeString(note(), validator);
    Files.createFile(file);
  }

  void clear() throws IOException {
    Files.deleteIfExists(file);
    Files.deleteIfExists(note());
  }

  void moveTo(Path blob) throws IOException {
    Files.createDirectories(blob.getParent());
    Cache.move(file, blob);
    Files.deleteIfExists(note());
  }
}
