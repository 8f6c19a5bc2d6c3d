package inkstone.model.seq2seq;

import inkstone.tensor.Functions;
import inkstone.tensor.Tensor;
import java.util.function.UnaryOperator;

/** A block that writes. */
record DecoderBlock(
    SelfAttention self,
    Sublayer aroundSelf,
    CrossAttention cross,
    Sublayer aroundCross,
    Network network,
    Sublayer aroundNetwork) {

  /** [tokens, width] to the same, over the tokens of what was read, [read tokens, width]. */
  Tensor forward(Tensor x, int[] lengths, Tensor read, int[] readLengths, double dropout) {
    return parts(
        x,
        dropout,
        in -> self.forward(in, lengths, true),
        in -> cross.forward(in, lengths, cross.seen(read), readLengths));
  }

  /**
   * One token more of each text.
   *
   * @param x [texts, width]
   * @param written keys and values of each text so far, those of x among them: takes the new
   *     [texts, 2 width] and gives [texts * tokens, 2 width]
   * @param lengths of each text so far, x's token among them
   * @param ones 1 for each text
   * @param seen of what was read, by {@link CrossAttention#seen}
   */
  Tensor step(
      Tensor x,
      UnaryOperator<Tensor> written,
      int[] lengths,
      int[] ones,
      Tensor seen,
      int[] seenLengths,
      int[] queries) {
    return parts(
        x,
        0,
        in -> {
          var projected = self.projection().forward(in);
          long width = x.size(1);
          var all = written.apply(projected.narrow(1, width, 2 * width).contiguous());
          return self.output()
              .forward(
                  Functions.packedAttention(
                      projected.narrow(1, 0, width), all, self.heads(), ones, lengths));
        },
        in -> cross.forward(in, queries, seen, seenLengths));
  }

  private Tensor parts(
      Tensor x, double dropout, UnaryOperator<Tensor> own, UnaryOperator<Tensor> other) {
    var attended = aroundSelf.around(x, dropout, own);
    var informed = aroundCross.around(attended, dropout, other);
    return aroundNetwork.around(informed, dropout, network::forward);
  }
}
