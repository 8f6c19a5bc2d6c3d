package inkstone.model;

import inkstone.tensor.Device;
import inkstone.tensor.RotaryAngles;
import inkstone.tensor.Tensor;

/**
 * Rotary positions (Su et al., 2021, formula 34), in the layout of Hugging Face: number i of the
 * first half of what is turned of a head is paired with number i of the second.
 *
 * @param cos [tokens, dim / 2], or with {@link #forHeads} [tokens, 1, dim / 2]
 * @param sin the same
 */
record Rotary(Tensor cos, Tensor sin) {

  /**
   * Those of a batch: {@code position * base^(-2i/dim)}. Where frequencies hang on the length, it
   * is that of each sequence so far.
   */
  static Rotary of(RotaryConfig config, int headDim, Batch batch, Device device) {
    var angles = angles(config, config.dims(headDim), batch).to(device);
    double magnitude = config.scaling().magnitude();
    return magnitude == 1
        ? new Rotary(angles.cos(), angles.sin())
        : new Rotary(angles.cos().mul(magnitude), angles.sin().mul(magnitude));
  }

  private static Tensor angles(RotaryConfig config, int dims, Batch batch) {
    var scaling = config.scaling();
    var fixed = scaling.hangsOnLength() ? null : scaling.frequencies(config.base(), dims, 0);
    var angles = new float[batch.tokens() * dims / 2];
    int at = 0;
    for (var span : batch.spans()) {
      int end = span.start() + span.length();
      var frequencies = fixed != null ? fixed : scaling.frequencies(config.base(), dims, end);
      for (int position = span.start(); position < end; position++) {
        for (double frequency : frequencies) {
          angles[at++] = position * (float) frequency;
        }
      }
    }
    return Tensor.of(angles, batch.tokens(), dims / 2);
  }

  /** The same in x's type, one row for all heads of a token: [tokens, 1, dim / 2]. */
  Rotary forHeads(Tensor like) {
    return new Rotary(Linear.as(cos, like).unsqueeze(-2), Linear.as(sin, like).unsqueeze(-2));
  }

  /** Those of {@link #forHeads}, for a kernel that turns. */
  RotaryAngles angles() {
    return new RotaryAngles(cos, sin);
  }

  /** Turns every head by its token's angles: x [tokens, heads, dim], or the first part of each. */
  Tensor turn(Tensor x) {
    return angles().turn(x);
  }

  /** The same of the first heads of each token; the others stay as they are. */
  Tensor turn(Tensor x, int heads) {
    return angles().turn(x, heads);
  }
}
