package inkstone.model;

import inkstone.tensor.Before;
import inkstone.tensor.Tensor;
import java.util.Optional;

/**
 * {@code x W^T + b}. Computes in the type of {@code x}; the weight keeps its own, and beside it
 * what it was converted to.
 *
 * @param weight [out, in]
 * @param bias [out]
 */
public record Linear(Weight weight, Optional<Tensor> bias) {

  /** [..., in] to [..., out]. */
  public Tensor forward(Tensor x) {
    return weight.linear(x, bias);
  }

  /** {@code added + forward(before(x))}, in one step where the weight's storage has one. */
  Tensor forward(Before before, Tensor x, Optional<Tensor> added) {
    return weight.linear(before, x, bias, added);
  }

  /** {@code forward(norm(x))}. */
  Tensor forward(Norm norm, Tensor x) {
    return norm.before(x)
        .map(before -> forward(before, x, Optional.empty()))
        .orElseGet(() -> forward(norm.forward(x)));
  }

  static Tensor as(Tensor weight, Tensor x) {
    return weight.dtype() == x.dtype() ? weight : weight.as(x.dtype());
  }
}
