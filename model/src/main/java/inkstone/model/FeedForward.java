package inkstone.model;

import inkstone.tensor.Functions;
import inkstone.tensor.Tensor;

/** The two-layer network of a block. */
sealed interface FeedForward {

  /** x [tokens, width] to the same. */
  Tensor forward(Tensor x);

  /** {@code down(gelu(up(x)))}, as in GPT-2. */
  record Gelu(Linear up, Linear down) implements FeedForward {
    @Override
    public Tensor forward(Tensor x) {
      return down.forward(Functions.geluTanh(up.forward(x)));
    }
  }

  /**
   * {@code down(silu(gate(x)) * up(x))} (Shazeer, 2020, formula 6).
   *
   * @param gateUp both projections at once: [width] to [2 * hidden]
   */
  record SwiGlu(Linear gateUp, Linear down) implements FeedForward {
    @Override
    public Tensor forward(Tensor x) {
      return down.forward(Functions.swiGlu(gateUp.forward(x)));
    }
  }
}
