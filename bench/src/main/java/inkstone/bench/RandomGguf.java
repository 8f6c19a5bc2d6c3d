package inkstone.bench;

import inkstone.model.Decoder;
import inkstone.model.GgufModel;
import inkstone.tensor.GgufType;
import inkstone.text.BpeTrainer;
import inkstone.text.GgufVocabulary;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;

/** Writes a model file whose weights are random, and whose tokens are bytes. */
final class RandomGguf {

  private static final long SEED = 1;
  private static final String TOKENS = "tokenizer.ggml.tokens";

  /** Where Llama 3 has its control tokens, and what some of them are: a peer looks for no other. */
  private static final int CONTROLS = 128_000;

  private static final List<String> LLAMA3 =
      List.of(
          "<|begin_of_text|>",
          "<|end_of_text|>",
          "<|start_header_id|>",
          "<|end_header_id|>",
          "<|eot_id|>");

  private RandomGguf() {}

  /** Writes it. No token ends a text. */
  static void write(Path file, GenerateSize size, GgufType type) {
    var tokenizer =
        BpeTrainer.of(256 + 8).train(List.of("the inkstone, the brush, the paper, the ink"));
    int vocabulary = size.config().vocabulary();
    var metadata = new LinkedHashMap<>(GgufVocabulary.of(tokenizer, vocabulary));
    if (vocabulary > CONTROLS) {
      metadata.computeIfPresent(TOKENS, (key, tokens) -> named((List<?>) tokens));
    }
    try (var decoder = Decoder.random(size.config(), SEED)) {
      GgufModel.save(file, decoder, type, metadata);
    }
  }

  private static List<?> named(List<?> tokens) {
    var all = new ArrayList<Object>(tokens);
    for (int i = 0; i < LLAMA3.size(); i++) {
      all.set(CONTROLS + i, LLAMA3.get(i));
    }
    return all;
  }
}
