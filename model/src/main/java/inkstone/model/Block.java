package inkstone.model;

import inkstone.tensor.Functions;
import inkstone.tensor.Tensor;
import java.util.Optional;

/** Attention, then a feed-forward network, each added to the residual stream. */
record Block(
    Norm beforeAttention,
    Attention attention,
    Norm afterAttention,
    Norm beforeFeedForward,
    FeedForward feedForward,
    Norm afterFeedForward,
    Optional<RotaryConfig> rotary) {

  /** x [tokens, width] to the same. */
  Tensor forward(Tensor x, Pass pass) {
    double dropout = pass.batch().dropout();
    var angles = rotary.map(pass::rotary);
    var seen =
        afterAttention == Norm.NONE && dropout == 0
            ? attention.residual(beforeAttention, x, pass, angles)
            : x.add(afterAttention.forward(attention.forward(beforeAttention, x, pass, angles)));
    return afterFeedForward == Norm.NONE && dropout == 0
        ? feedForward.residual(beforeFeedForward, seen)
        : seen.add(Functions.dropout(thought(seen), dropout));
  }

  private Tensor thought(Tensor seen) {
    return afterFeedForward.forward(feedForward.forward(beforeFeedForward.forward(seen)));
  }
}
