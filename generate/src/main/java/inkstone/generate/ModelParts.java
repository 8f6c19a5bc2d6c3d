package inkstone.generate;

import inkstone.model.Decoder;
import inkstone.model.GgufModel;
import inkstone.model.Llama2cModel;
import inkstone.model.ModelDirectory;
import inkstone.model.ModelException;
import inkstone.tensor.Engine;
import inkstone.tensor.GgufException;
import inkstone.tensor.GgufFile;
import inkstone.tensor.QuantizedMatrix;
import inkstone.text.ChatTemplate;
import inkstone.text.Llama2cVocabulary;
import inkstone.text.Tokenizer;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;

/**
 * What a {@link LanguageModel} is made of, from whatever form it has on disk.
 *
 * @param decoder the network
 * @param tokenizer its tokenizer
 * @param defaults its defaults
 * @param template how it wants to be talked to
 */
record ModelParts(
    Decoder decoder,
    Tokenizer tokenizer,
    GenerationDefaults defaults,
    Optional<ChatTemplate> template) {

  /** {@code blocks}: whether a GGUF file's matrices stay in theirs. */
  static ModelParts open(Path path, boolean blocks) {
    return switch (ModelForm.of(path)) {
      case DIRECTORY ->
          of(
              ModelDirectory.open(path),
              () -> Tokenizer.open(path),
              () -> GenerationDefaults.read(path),
              () -> ChatTemplate.open(path));
      case GGUF -> gguf(ModelForm.gguf(path), blocks);
      case LLAMA2C -> llama2c(path);
    };
  }

  /** Who starts a command waits for this: what can be done beside libtorch's loading is. */
  private static ModelParts gguf(Path path, boolean blocks) {
    if (blocks) {
      QuantizedMatrix.prepare();
    }
    var opening = Beside.begin(() -> Opened.of(path));
    var unused = Engine.version();
    try (var opened = opening.result()) {
      var metadata = new GgufDefaults(opened.file.metadata());
      return of(
          GgufModel.open(opened.file, path, blocks),
          opened.tokenizer::result,
          metadata::read,
          metadata::template);
    } catch (GgufException e) {
      throw new ModelException(String.valueOf(e.getMessage()), e);
    }
  }

  /** A file, and its vocabulary as it is read. */
  private record Opened(GgufFile file, Beside<Tokenizer> tokenizer) implements AutoCloseable {

    static Opened of(Path path) {
      var file = GgufFile.open(path);
      return new Opened(
          file, Beside.begin(() -> Tokenizer.ofGguf(file.metadata(), path.toString())));
    }

    @Override
    public void close() {
      file.close();
    }
  }

  private static ModelParts llama2c(Path path) {
    var files = ModelForm.llama2c(path);
    var metadata = Llama2cVocabulary.read(files.getLast());
    return withMetadata(Llama2cModel.open(files.getFirst()), metadata, files.getLast());
  }

  private static ModelParts withMetadata(
      Decoder decoder, Map<String, Object> metadata, Path where) {
    return of(
        decoder,
        () -> Tokenizer.ofGguf(metadata, where.toString()),
        () -> new GgufDefaults(metadata).read(),
        () -> new GgufDefaults(metadata).template());
  }

  private static ModelParts of(
      Decoder decoder,
      Supplier<Tokenizer> tokenizer,
      Supplier<GenerationDefaults> defaults,
      Supplier<Optional<ChatTemplate>> template) {
    try {
      return new ModelParts(decoder, tokenizer.get(), defaults.get(), template.get());
    } catch (RuntimeException e) {
      decoder.close();
      throw e;
    }
  }
}
