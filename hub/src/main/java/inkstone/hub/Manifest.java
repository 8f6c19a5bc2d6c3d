package inkstone.hub;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import tools.jackson.core.JacksonException;

/**
 * What of a snapshot is here.
 *
 * @param source what it is a snapshot of
 * @param asked the patterns that were asked for and fetched whole; an empty one is the model
 * @param files its files, by path
 */
record Manifest(String source, Set<String> asked, Map<String, Entry> files) {

  record Entry(long size, String sha256) {}

  static Manifest empty(String source) {
    return new Manifest(source, Set.of(), Map.of());
  }

  /** This, and more of the same snapshot. */
  Manifest with(String pattern, Map<String, Entry> more) {
    var all = new TreeMap<>(files);
    all.putAll(more);
    var patterns = new TreeSet<>(asked);
    patterns.add(pattern);
    return new Manifest(source, patterns, all);
  }

  /** The manifest of a file; empty if it is missing or no longer readable. */
  static Optional<Manifest> read(Path file) {
    try {
      return Files.exists(file)
          ? Optional.of(Json.MAPPER.readValue(Files.readAllBytes(file), Manifest.class))
          : Optional.empty();
    } catch (IOException | JacksonException e) {
      return Optional.empty();
    }
  }

  void write(Path file) throws IOException {
    Cache.write(file, Json.MAPPER.writerWithDefaultPrettyPrinter().writeValueAsBytes(this));
  }

  /** Whether each of these files is there with its size. */
  boolean isWhole(Path folder) {
    return files.entrySet().stream().allMatch(e -> isThere(folder, e.getKey()));
  }

  /** Whether a file is listed, and there with its size. */
  boolean isThere(Path folder, String path) {
    var entry = files.get(path);
    try {
      var file = folder.resolve(path);
      return entry != null && Files.isRegularFile(file) && Files.size(file) == entry.size();
    } catch (IOException e) {
      return false;
    }
  }
}
