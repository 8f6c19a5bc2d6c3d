package inkstone.hub;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/** Finds the model in a folder: what a later {@code --model} opens. */
final class ModelFolder {

  /** Levels of folders that are looked into, in what was unpacked. */
  static final int DEEP = 8;

  private ModelFolder() {}

  /**
   * The folder with a {@code config.json} and safetensors, or the GGUF file; where nothing of the
   * kind is there, {@code folder} itself.
   *
   * @throws HubException if there is more than one model
   */
  static Path find(String name, Path folder, int depth) throws IOException {
    var models = models(folder, depth);
    if (models.size() > 1) {
      throw new HubException(
          "%s holds %d models; name one by its path: %s"
              .formatted(name, models.size(), models.subList(0, Math.min(5, models.size()))));
    }
    return models.isEmpty() ? folder : models.getFirst();
  }

  static List<Path> models(Path folder, int depth) throws IOException {
    try (var all = Files.walk(folder, depth)) {
      var files = all.filter(Files::isRegularFile).sorted().toList();
      var folders =
          files.stream()
              .filter(file -> file.endsWith("config.json"))
              .map(file -> parent(file))
              .filter(f -> files.stream().anyMatch(w -> parent(w).equals(f) && isTensors(w)));
      var single =
          files.stream().filter(file -> Formats.ends(file.toString(), ".gguf") && isFirst(file));
      return Stream.concat(folders, single).toList();
    }
  }

  /** Of a model in several files the first names it. */
  static boolean isFirst(Path file) {
    var name = file.getFileName().toString();
    return !name.matches("(?i).*-\\d{5}-of-\\d{5}\\.gguf")
        || name.matches("(?i).*-00001-of-\\d{5}\\.gguf");
  }

  private static boolean isTensors(Path file) {
    return Formats.ends(file.toString(), ".safetensors");
  }

  private static Path parent(Path file) {
    return file.getParent() == null ? Path.of("") : file.getParent();
  }
}
