package inkstone.model;

import inkstone.tensor.Before;
import inkstone.tensor.Functions;
import inkstone.tensor.Tensor;
import java.util.Optional;

/** What a block does to each token by itself. */
sealed interface FeedForward
    permits FeedForward.Gelu, FeedForward.SwiGlu, FeedForward.GeGlu, Experts {

  /** x [tokens, width] to the same. */
  Tensor forward(Tensor x);

  /** {@code x + forward(norm(x))}. */
  default Tensor residual(Norm norm, Tensor x) {
    return x.add(forward(norm.forward(x)));
  }

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
      return down.forward(Before.SWIGLU, gateUp.forward(x), Optional.empty());
    }

    @Override
    public Tensor residual(Norm norm, Tensor x) {
      return down.forward(Before.SWIGLU, gateUp.forward(norm, x), Optional.of(x));
    }
  }

  /**
   * {@code down(gelu(gate(x)) * up(x))} (Shazeer, 2020, formula 6), with the tanh form of GELU.
   *
   * @param gateUp both projections at once: [width] to [2 * hidden]
   */
  record GeGlu(Linear gateUp, Linear down) implements FeedForward {
    @Override
    public Tensor forward(Tensor x) {
      var both = gateUp.forward(x);
      long hidden = both.size(-1) / 2;
      var gate = Functions.geluTanh(both.narrow(1, 0, hidden));
      return down.forward(gate.mul(both.narrow(1, hidden, hidden)));
    }
  }
}
