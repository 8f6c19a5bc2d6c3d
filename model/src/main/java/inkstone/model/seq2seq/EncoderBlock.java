package inkstone.model.seq2seq;

import inkstone.tensor.Tensor;

/** A block that reads. */
record EncoderBlock(
    SelfAttention attention, Sublayer aroundAttention, Network network, Sublayer aroundNetwork) {

  /** [tokens, width] to the same. */
  Tensor forward(Tensor x, int[] lengths, double dropout) {
    var attended = aroundAttention.around(x, dropout, in -> attention.forward(in, lengths, false));
    return aroundNetwork.around(attended, dropout, network::forward);
  }
}
