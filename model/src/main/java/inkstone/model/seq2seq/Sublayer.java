package inkstone.model.seq2seq;

import inkstone.model.Norm;
import inkstone.tensor.Functions;
import inkstone.tensor.Scope;
import inkstone.tensor.Tensor;
import java.util.function.UnaryOperator;

/**
 * What stands around each part of a block: a sum, a norm and dropout.
 *
 * @param norm of the width
 * @param before whether it is before the part, not after the sum
 */
record Sublayer(Norm norm, boolean before) {

  /** [tokens, width] to the same. */
  Tensor around(Tensor x, double dropout, UnaryOperator<Tensor> part) {
    return Scope.of(
        () -> {
          var made = part.apply(before ? norm.forward(x) : x);
          return before
              ? Functions.dropoutSum(x, made, dropout)
              : norm.forward(Functions.dropoutSum(x, made, dropout));
        });
  }
}
