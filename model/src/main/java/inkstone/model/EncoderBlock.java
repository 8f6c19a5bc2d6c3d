package inkstone.model;

import inkstone.tensor.Functions;
import inkstone.tensor.Tensor;
import java.util.Optional;

/**
 * Attention, then a feed-forward network, each added to its input and then normalised (Vaswani et
 * al., 2017, section 3.1).
 */
record EncoderBlock(
    Attention attention,
    Norm afterAttention,
    Linear up,
    EncoderActivation activation,
    Linear down,
    Norm afterFeedForward) {

  /** x [tokens, width] to the same. */
  Tensor forward(Tensor x, Pass pass) {
    var seen =
        afterAttention.forward(x.add(attention.forward(Norm.NONE, x, pass, Optional.empty())));
    var thought = down.forward(activation.apply(up.forward(seen)));
    return afterFeedForward.forward(seen.add(Functions.dropout(thought, pass.batch().dropout())));
  }
}
