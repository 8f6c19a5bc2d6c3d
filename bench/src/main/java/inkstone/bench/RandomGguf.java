package inkstone.bench;

import inkstone.generate.GenerationDefaults;
import inkstone.generate.LanguageModel;
import inkstone.model.Decoder;
import inkstone.tensor.GgufType;
import inkstone.text.BpeTrainer;
import java.nio.file.Path;
import java.util.List;
import java.util.OptionalInt;

/** Writes a model file whose weights are random, and whose tokens are bytes. */
final class RandomGguf {

  private static final long SEED = 1;

  private RandomGguf() {}

  /** Writes it. No token ends a text. */
  static void write(Path file, GenerateSize size, GgufType type) {
    var tokenizer =
        BpeTrainer.of(256 + 8).train(List.of("the inkstone, the brush, the paper, the ink"));
    var defaults =
        new GenerationDefaults(OptionalInt.empty(), List.of(), GenerationDefaults.SAMPLING);
    try (var model = LanguageModel.of(Decoder.random(size.config(), SEED), tokenizer, defaults)) {
      model.saveGguf(file, type);
    }
  }
}
