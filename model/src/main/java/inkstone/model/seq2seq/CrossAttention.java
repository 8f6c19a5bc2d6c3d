package inkstone.model.seq2seq;

import inkstone.model.Linear;
import inkstone.tensor.Functions;
import inkstone.tensor.Tensor;

/**
 * Multi-head attention of what is written over what was read.
 *
 * @param query [width] to [width]
 * @param keysValues [width] to [2 width]
 * @param output [width] to [width]
 */
record CrossAttention(int heads, Linear query, Linear keysValues, Linear output) {

  /** What was read, [tokens, width], as keys and values: [tokens, 2 width]. */
  Tensor seen(Tensor read) {
    return keysValues.forward(read);
  }

  /** [tokens, width] to the same. */
  Tensor forward(Tensor x, int[] lengths, Tensor seen, int[] seenLengths) {
    return output.forward(
        Functions.packedAttention(query.forward(x), seen, heads, lengths, seenLengths));
  }
}
