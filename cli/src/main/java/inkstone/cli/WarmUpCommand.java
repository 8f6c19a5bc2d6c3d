package inkstone.cli;

import inkstone.generate.GenerationRequest;
import inkstone.generate.LanguageModel;
import inkstone.model.Decoder;
import inkstone.model.DecoderConfig;
import inkstone.model.ModelDirectory;
import inkstone.tensor.GgufType;
import inkstone.text.BpeTrainer;
import inkstone.text.Tokenizer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.OptionalInt;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;

/**
 * Saves, opens and uses a tiny model in its two forms after a build: libtorch's libraries are
 * unpacked, and the classes that a first answer needs get into the JVM's cache.
 */
@Command(name = "warm-up", hidden = true)
final class WarmUpCommand implements Callable<Integer> {

  /** So that the JVM notes which methods are busy. */
  private static final int TOKENS = 20;

  @Override
  public Integer call() throws IOException {
    var folder = Files.createTempDirectory("inkstone");
    try {
      var tokenizer = Tokenizer.ofBytes(List.of(BpeTrainer.END_OF_TEXT));
      tokenizer.save(folder);
      try (var decoder =
          Decoder.random(DecoderConfig.llama(tokenizer.vocabularySize(), 32, 32, 1, 1), 1)) {
        ModelDirectory.save(
            folder, decoder, OptionalInt.of(tokenizer.special(BpeTrainer.END_OF_TEXT)));
      }
      var packed = folder.resolve("model.gguf");
      try (var model = LanguageModel.open(folder)) {
        write(model);
        model.saveGguf(packed, GgufType.Q8_0);
      }
      try (var model = LanguageModel.open(packed)) {
        write(model);
      }
      return 0;
    } finally {
      remove(folder);
    }
  }

  private static void write(LanguageModel model) {
    try (var pieces = model.generate(GenerationRequest.of("a").maxTokens(TOKENS).seed(1))) {
      pieces.forEach(piece -> {});
    }
  }

  private static void remove(Path folder) throws IOException {
    try (var files = Files.list(folder)) {
      for (var file : files.toList()) {
        Files.delete(file);
      }
    }
    Files.delete(folder);
  }
}
