package inkstone.model;

import inkstone.tensor.PagedSpan;
import inkstone.tensor.Tensor;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * What all blocks share in one forward.
 *
 * @param angles by which blocks turn queries and keys, in the type of the arithmetic
 * @param pages of the batch's cache; none where there is no cache
 */
record Pass(Batch batch, Map<RotaryConfig, Rotary> angles, List<PagedSpan> pages) {

  /** Of a batch whose stream of the blocks is like x. */
  static Pass of(DecoderConfig config, Batch batch, Tensor x) {
    var angles = new HashMap<RotaryConfig, Rotary>();
    for (var rotary : config.style().rotaries()) {
      angles.put(rotary, Rotary.of(rotary, config.headDim(), batch, x.device()).forHeads(x));
    }
    return new Pass(batch, angles, batch.paged());
  }

  Rotary rotary(RotaryConfig config) {
    var rotary = angles.get(config);
    if (rotary == null) {
      throw new IllegalArgumentException("no block of this decoder turns by " + config);
    }
    return rotary;
  }
}
