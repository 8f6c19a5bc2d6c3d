package inkstone.model;

import inkstone.tensor.Tensor;
import java.util.HashMap;
import java.util.Map;

/** The rotary angles of a batch, once for all blocks that turn alike. */
final class Angles {

  private final Map<RotaryConfig, Rotary> known = new HashMap<>();

  private Angles() {}

  /** Those of a batch, in x's type. */
  static Angles of(DecoderConfig config, Batch batch, Tensor x) {
    var angles = new Angles();
    for (var rotary : config.style().rotaries()) {
      angles.known.put(rotary, Rotary.of(rotary, config.headDim(), batch, x.device()).forHeads(x));
    }
    return angles;
  }

  Rotary of(RotaryConfig config) {
    var rotary = known.get(config);
    if (rotary == null) {
      throw new IllegalArgumentException("no block of this decoder turns by " + config);
    }
    return rotary;
  }
}
