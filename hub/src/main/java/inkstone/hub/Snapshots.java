package inkstone.hub;

import inkstone.journal.Event;
import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Consumer;
import java.util.stream.Collectors;

/**
 * Models in the cache, by what they were asked for. A place is where a source's snapshots are, such
 * as {@code hf/org/name}.
 */
record Snapshots(Cache cache) {

  /** The name of the only snapshot, where a source has no names for several. */
  static final String CONTENT = "content";

  /** The snapshot that a name stands for, if it is here whole. */
  Optional<String> id(String place, String name) {
    var ref = cache.ref(place, name);
    try {
      var id = Files.exists(ref) ? Files.readString(ref).strip() : name;
      return id.matches("[0-9a-f]{7,64}") && Files.exists(cache.manifest(place, id))
          ? Optional.of(id)
          : Optional.empty();
    } catch (IOException e) {
      throw new HubException("cannot read " + ref + ": " + e, e);
    }
  }

  /** What is here of a snapshot. */
  Manifest manifest(String place, String id, String source) {
    return Manifest.read(cache.manifest(place, id)).orElseGet(() -> Manifest.empty(source));
  }

  /** Adds fetched files to a snapshot, and makes a name stand for it. */
  void add(
      String place,
      String id,
      String name,
      String source,
      String pattern,
      Map<String, Manifest.Entry> files)
      throws IOException {
    try (var lock = Held.take(cache.lock(place), () -> {})) {
      var folder = cache.snapshot(place, id);
      var manifest = manifest(place, id, source);
      for (var file : files.entrySet()) {
        var target = folder.resolve(FileName.check(file.getKey()));
        if (!manifest.isThere(folder, file.getKey())) {
          Cache.link(cache.blob(file.getValue().sha256()), target);
        }
      }
      manifest.with(pattern, files).write(cache.manifest(place, id));
      name(place, name, id);
    }
  }

  /** Makes the content of an archive a snapshot; all of it or nothing. */
  void unpack(
      String place,
      String id,
      String source,
      Path archive,
      String archiveName,
      Consumer<Event> events)
      throws IOException {
    try (var lock = Held.take(cache.lock(place), () -> {})) {
      var folder = cache.snapshot(place, id);
      if (!manifest(place, id, source).asked().contains("")
          || !manifest(place, id, source).isWhole(folder)) {
        Files.createDirectories(folder.getParent());
        removeLeft(folder);
        var beside = Cache.beside(folder);
        try {
          var kind = Archive.Kind.of(archiveName).orElseThrow();
          Archive.unpack(archive, kind, archiveName, beside, events);
          Cache.delete(folder);
          Cache.move(beside, folder);
        } finally {
          Cache.delete(beside);
        }
        Manifest.empty(source).with("", entries(folder)).write(cache.manifest(place, id));
      }
      name(place, CONTENT, id);
    }
  }

  /** What a killed process left beside this folder. */
  private static void removeLeft(Path folder) throws IOException {
    try (var all = Files.list(folder.getParent())) {
      var start = "." + folder.getFileName() + ".";
      for (var left : all.filter(f -> f.getFileName().toString().startsWith(start)).toList()) {
        Cache.delete(left);
      }
    }
  }

  private static Map<String, Manifest.Entry> entries(Path folder) throws IOException {
    var entries = new TreeMap<String, Manifest.Entry>();
    try (var all = Files.walk(folder)) {
      for (var file : all.filter(Files::isRegularFile).toList()) {
        var path = folder.relativize(file).toString().replace(File.separatorChar, '/');
        entries.put(path, new Manifest.Entry(Files.size(file), Checksum.sha256(file).hex()));
      }
    }
    return entries;
  }

  /**
   * Reads the files of a snapshot again, and removes those that are not what was fetched.
   *
   * @return their paths
   */
  List<String> check(String place, String name, String source) throws IOException {
    var id = id(place, name);
    if (id.isEmpty()) {
      return List.of();
    }
    try (var lock = Held.take(cache.lock(place), () -> {})) {
      var folder = cache.snapshot(place, id.get());
      var changed = new ArrayList<String>();
      for (var entry : manifest(place, id.get(), source).files().entrySet()) {
        var file = folder.resolve(entry.getKey());
        var sum = entry.getValue().sha256();
        if (Files.isRegularFile(file)
            && !sum.isEmpty() // of an archive that an older version unpacked
            && !Checksum.sha256(file).hex().equals(sum)) {
          changed.add(entry.getKey());
          var blob = cache.blob(sum);
          if (Files.isRegularFile(blob) && !Checksum.sha256(blob).hex().equals(sum)) {
            Files.delete(blob); // a link to the same bytes
          }
          Files.delete(file);
        }
      }
      return changed;
    }
  }

  /** The only file of a place's content, or the model in it, if all of it is here. */
  Optional<Path> content(String place, String source) throws IOException {
    var id = id(place, CONTENT);
    if (id.isEmpty()) {
      return Optional.empty();
    }
    var folder = cache.snapshot(place, id.get());
    var manifest = manifest(place, id.get(), source);
    if (!manifest.asked().contains("") || !manifest.isWhole(folder)) {
      return Optional.empty();
    }
    return Optional.of(
        manifest.files().size() == 1
            ? folder.resolve(manifest.files().keySet().iterator().next())
            : ModelFolder.find(source, folder, ModelFolder.DEEP));
  }

  void name(String place, String name, String id) throws IOException {
    Cache.write(cache.ref(place, name), id.getBytes(StandardCharsets.UTF_8));
  }

  /**
   * The folder or file that a pattern means, if all of it is here.
   *
   * @param pattern as {@code --file} has it; empty for the model
   * @throws HubException if the model could be one of several files
   */
  Optional<Path> find(String place, String id, String source, Optional<String> pattern) {
    var folder = cache.snapshot(place, id);
    var manifest = manifest(place, id, source);
    var paths = List.copyOf(manifest.files().keySet());
    if (pattern.isPresent()) {
      var expression = FilePattern.of(pattern.get());
      paths = paths.stream().filter(expression::matches).toList();
      if (paths.isEmpty()) {
        return Optional.empty();
      }
    } else if (!manifest.asked().contains("")) {
      return chosen(source, folder, manifest);
    }
    return paths.stream().allMatch(path -> manifest.isThere(folder, path))
        ? Optional.of(opened(folder, paths))
        : Optional.empty();
  }

  /** Without the whole model: the one GGUF that was fetched by a pattern. */
  private static Optional<Path> chosen(String source, Path folder, Manifest manifest) {
    var files =
        manifest.files().keySet().stream()
            .filter(path -> Formats.ends(path, ".gguf") && ModelFolder.isFirst(Path.of(path)))
            .filter(path -> manifest.isThere(folder, path))
            .toList();
    if (files.size() > 1) {
      throw new HubException(
          "%d models of %s are in the cache; name one: %s"
              .formatted(
                  files.size(),
                  source,
                  files.stream().map(f -> source + "/" + f).collect(Collectors.joining(", "))));
    }
    return files.stream().findFirst().map(folder::resolve);
  }

  /** A GGUF is opened by its file, all else by its folder. */
  static Path opened(Path folder, List<String> paths) {
    var first =
        paths.stream()
            .filter(path -> Formats.ends(path, ".gguf") && ModelFolder.isFirst(Path.of(path)))
            .toList();
    var tensors = paths.stream().anyMatch(path -> Formats.ends(path, ".safetensors"));
    return first.size() == 1 && !tensors ? folder.resolve(first.getFirst()) : folder;
  }
}
