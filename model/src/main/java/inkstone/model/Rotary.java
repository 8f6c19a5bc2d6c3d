package inkstone.model;

import inkstone.tensor.Functions;
import inkstone.tensor.Tensor;

/**
 * Rotary positions (Su et al., 2021, formula 34), in the layout of Hugging Face: number i of the
 * first half of a head is paired with number i of the second.
 *
 * @param cos [tokens, dim / 2], or with {@link #forHeads} [tokens, 1, dim / 2]
 * @param sin the same
 */
record Rotary(Tensor cos, Tensor sin) {

  /** The angles of each position: {@code position * base^(-2i/dim)}. */
  static Rotary of(Tensor positions, int dim, double base) {
    var frequencies = new float[dim / 2];
    for (int i = 0; i < frequencies.length; i++) {
      frequencies[i] = (float) Math.pow(base, -2.0 * i / dim);
    }
    var angles =
        positions
            .to(inkstone.tensor.DType.FLOAT32)
            .unsqueeze(-1)
            .mul(Tensor.of(frequencies, frequencies.length).to(positions.device()));
    return new Rotary(angles.cos(), angles.sin());
  }

  /** The same in x's type, one row for all heads of a token: [tokens, 1, dim / 2]. */
  Rotary forHeads(Tensor like) {
    return new Rotary(Linear.as(cos, like).unsqueeze(-2), Linear.as(sin, like).unsqueeze(-2));
  }

  /** Turns every head by its token's angles: x [tokens, heads, dim]. */
  Tensor turn(Tensor x) {
    return Functions.rotary(x, cos, sin);
  }
}
