package inkstone.model;

import inkstone.tensor.Tensor;
import java.nio.file.Path;
import java.util.List;

/** Small networks for tests. */
final class Models {

  /** Set {@code -Dtest.seed} for another. */
  static final long SEED = Long.getLong("test.seed", 20260731);

  static final Path SAVED = Path.of("src/test/resources/models");

  private Models() {}

  static DecoderConfig llama(int heads, int keyValueHeads) {
    return new DecoderConfig(
        Family.LLAMA, 19, 12, 16, 2, heads, keyValueHeads, 4, 24, false, false, 1e-5, 10_000);
  }

  static DecoderConfig gpt2(boolean bias, boolean tied) {
    return new DecoderConfig(Family.GPT2, 19, 12, 16, 2, 4, 4, 4, 40, bias, tied, 1e-5, 10_000);
  }

  static List<DecoderConfig> all() {
    return List.of(llama(4, 4), llama(4, 2), llama(2, 1), gpt2(true, true), gpt2(false, false));
  }

  /** A random network whose weights are large enough for its logits to differ clearly. */
  static Decoder lively(DecoderConfig config) {
    var decoder = Decoder.random(config, SEED);
    decoder.parameters().values().stream()
        .filter(w -> w.rank() == 2)
        .forEach(w -> w.mulInPlace(20));
    return decoder;
  }

  static Tensor ids(int... ids) {
    return Tensor.of(ids, ids.length);
  }
}
