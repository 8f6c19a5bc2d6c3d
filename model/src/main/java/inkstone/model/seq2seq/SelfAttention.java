package inkstone.model.seq2seq;

import inkstone.model.Linear;
import inkstone.tensor.Functions;
import inkstone.tensor.Tensor;

/**
 * Multi-head attention of texts over themselves (Vaswani et al., 2017, section 3.2.2).
 *
 * @param projection queries, keys and values at once: [width] to [3 width]
 * @param output [width] to [width]
 */
record SelfAttention(int heads, Linear projection, Linear output) {

  /** [tokens, width] to the same. */
  Tensor forward(Tensor x, int[] lengths, boolean causal) {
    return output.forward(Functions.packedAttention(projection.forward(x), heads, lengths, causal));
  }
}
