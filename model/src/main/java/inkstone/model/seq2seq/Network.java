package inkstone.model.seq2seq;

import inkstone.model.Linear;
import inkstone.tensor.Functions;
import inkstone.tensor.Tensor;

/** The feed-forward network of a block (Vaswani et al., 2017, formula 2). */
record Network(Linear first, Linear second, Seq2SeqConfig.Activation activation) {

  /** [tokens, width] to the same. */
  Tensor forward(Tensor x) {
    var inner = first.forward(x);
    return second.forward(
        switch (activation) {
          case RELU -> Functions.relu(inner);
          case SILU -> Functions.silu(inner);
          case GELU -> Functions.gelu(inner);
        });
  }
}
