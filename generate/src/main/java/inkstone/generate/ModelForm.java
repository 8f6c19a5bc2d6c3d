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
  /** A GGUF file. */
  GGUF,
  /** The two {@code .bin} files of llama2.c, or their folder. */
  LLAMA2C;

  private static final String CONFIG = "config.json";
  private static final String BIN = ".bin";

  /** Judges by names alone; whether the content is whole is seen on opening. */
  static ModelForm of(Path path) {
    if (GgufModel.isGguf(path)) {
      return GGUF;
    }
    if (Files.isRegularFile(path)) {
      return name(path).endsWith(BIN) ? LLAMA2C : GGUF;
    }
    return !Files.exists(path.resolve(CONFIG)) && bins(path).size() == 2 ? LLAMA2C : DIRECTORY;
  }

  /**
   * The network and the tokenizer of llama2.c: the tokenizer's name begins with {@code tok}.
   *
   * @throws ModelException if there are not just these two
   */
  static List<Path> llama2c(Path path) {
    var folder = Files.isDirectory(path) ? path : path.toAbsolutePath().resolveSibling("");
    var bins = bins(folder);
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

  private static List<Path> bins(Path folder) {
    if (!Files.isDirectory(folder)) {
      return List.of();
    }
    try (var files = Files.list(folder)) {
      return files.filter(file -> name(file).endsWith(BIN)).sorted().toList();
    } catch (IOException e) {
      throw new ModelException("%s cannot be listed: %s".formatted(folder, e.getMessage()), e);
    }
  }

  private static String name(Path path) {
    var name = path.getFileName();
    return name == null ? "" : name.toString();
  }
}
