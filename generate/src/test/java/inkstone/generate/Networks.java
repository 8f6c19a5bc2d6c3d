package inkstone.generate;

import inkstone.model.Decoder;
import inkstone.model.DecoderConfig;
import inkstone.tensor.Gradients;

/** Random networks for tests. */
final class Networks {

  private Networks() {}

  /** One with weights large enough that positions and tokens matter. */
  static Decoder lively(DecoderConfig config, long seed) {
    var decoder = Decoder.random(config, seed);
    try (var off = Gradients.off()) {
      decoder
          .parameters()
          .forEach(
              (name, weight) -> {
                if (weight.rank() == 2) {
                  weight.mulInPlace(8);
                }
              });
    }
    return decoder;
  }
}
