package inkstone.tensor;

import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;

/**
 * Makes a matrix nearly orthogonal: of {@code U S V^T} it keeps U and V, and brings what is on the
 * diagonal near 1, to about 0.7 to 1.2, by five steps {@code X = a X + b X X^T X + c (X X^T)^2 X}
 * (Jordan et al., 2024; the coefficients are theirs).
 */
final class NewtonSchulz {

  private static final Scalar A = kept(3.4445);
  private static final Scalar B = kept(-4.7750);
  private static final Scalar C = kept(2.0315);
  private static final Scalar ONE = kept(1);
  private static final Scalar LEAST_NORM = kept(1e-7);
  private static final int STEPS = 5;

  private NewtonSchulz() {}

  private static Scalar kept(double value) {
    Scalar scalar = new Scalar(value);
    scalar.retainReference();
    return scalar;
  }

  /** matrix [rows, columns], whose type is that of the arithmetic too. */
  static Tensor of(Tensor matrix) {
    boolean tall = matrix.size(0) > matrix.size(1);
    var wide = tall ? matrix.t() : matrix; // the products X X^T are then the smaller ones
    var x = wide.div(matrix.norm().clamp_min(LEAST_NORM)).contiguous();
    var next = torch.empty_like(x);
    var gram = x.new_empty(x.size(0), x.size(0));
    var polynomial = torch.empty_like(gram);
    for (int i = 0; i < STEPS; i++) {
      torch.mm_out(gram, x, x.t());
      torch.addmm_out(polynomial, gram, gram, gram, B, C);
      torch.addmm_out(next, x, polynomial, x, A, ONE);
      var before = x;
      x = next;
      next = before;
    }
    return tall ? x.t() : x;
  }
}
