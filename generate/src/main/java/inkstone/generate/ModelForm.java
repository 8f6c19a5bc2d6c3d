package inkstone.generate;

import inkstone.model.GgufModel;
import inkstone.model.ModelException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** The forms in which a model lies on disk. */
enum ModelForm {
  /** A Hugging Face directory. */
  DIRECTORY,
  /** A GGUF file, or a folder with one. */
  GGUF,
  /** The two {@code .bin} files of llama2.c, or their folder. */
  LLAMA2C;

  private static final String CONFIG = "config.json";
  private static final String BIN = ".bin";
  private static final String GGUF_END = ".gguf";

  /** Judges by names alone; whether the content is whole is seen on opening. */
  static ModelForm of(Path path) {
    if (GgufModel.isGguf(path)) {
      return GGUF;
    }
    if (Files.isRegularFile(path)) {
      return name(path).endsWith(BIN) ? LLAMA2C : GGUF;
    }
    if (Files.exists(path.resolve(CONFIG))) {
      return DIRECTORY;
    }
    return files(path, GGUF_END).isEmpty()
        ? files(path, BIN).size() == 2 ? LLAMA2C : DIRECTORY
        : GGUF;
  }

  /**
   * The GGUF file itself, or the only one of a folder.
   *
   * @throws ModelException if a folder has several
   */
  static Path gguf(Path path) {
    if (!Files.isDirectory(path)) {
      return path;
    }
    var files = files(path, GGUF_END);
    if (files.size() != 1) {
      throw new ModelException(
          "%s holds %d models; name one of them: %s"
              .formatted(path, files.size(), files.stream().map(ModelForm::name).toList()));
    }
    return files.getFirst();
  }

  /**
   * The network and the tokenizer of llama2.c: the tokenizer's name begins with {@code tok}.
   *
   * @throws ModelException if there are not just these two
   */
  static List<Path> llama2c(Path path) {
    var folder = Files.isDirectory(path) ? path : path.toAbsolutePath().resolveSibling("");
    var bins = files(folder, BIN);
    var tokenizers = bins.stream().filter(file -> name(file).startsWith("tok")).toList();
    var networks =
        Files.isDirectory(path)
            ? bins.stream().filter(file -> !name(file).startsWith("tok")).toList()
            : List.of(path);
    if (networks.size() != 1 || tokenizers.size() != 1) {
      throw new ModelException(
          "%s: expected a network and a tokenizer of llama2.c, such as stories15M.bin and tokenizer.bin, but found %s"
              .formatted(folder, bins.stream().map(ModelForm::name).toList()));
    }
    return List.of(networks.getFirst(), tokenizers.getFirst());
  }

  private static List<Path> files(Path folder, String end) {
    if (!Files.isDirectory(folder)) {
      return List.of();
    }
    try (var files = Files.list(folder)) {
      return files.filter(file -> name(file).endsWith(end)).sorted().toList();
    } catch (IOException e) {
      throw new ModelException("%s cannot be listed: %s".formatted(folder, e.getMessage()), e);
    }
  }

  private static String name(Path path) {
    var name = path.getFileName();
    return name == null ? "" : name.toString();
  }
}
