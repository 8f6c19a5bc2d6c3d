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
  Tensor forward(Tensor x, Batch batch, Angles angles) {
    var mixed = attention.forward(beforeAttention.forward(x), batch, rotary.map(angles::of));
    var seen = x.add(afterAttention.forward(mixed));
    if (afterFeedForward == Norm.NONE && batch.dropout() == 0) {
      return feedForward.residual(beforeFeedForward, seen);
    }
    var thought = afterFeedForward.forward(feedForward.forward(beforeFeedForward.forward(seen)));
    return seen.add(Functions.dropout(thought, batch.dropout()));
  }
}
