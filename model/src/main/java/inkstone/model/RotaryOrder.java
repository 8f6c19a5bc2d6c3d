package inkstone.model;

import inkstone.tensor.Tensor;

/**
 * The rows of a query or key projection, in the two orders in which files hold them. Rotary
 * positions turn pairs of numbers: Hugging Face pairs number i of a head with number i + dim / 2,
 * the original Llama (and with it GGUF and llama2.c) number 2 i with 2 i + 1.
 */
final class RotaryOrder {

  private RotaryOrder() {}

  /** From neighbours to halves: [heads * dim] or [heads * dim, in], the same shape. */
  static Tensor halves(Tensor rows, int heads) {
    return swapped(rows, heads, rows.size(0) / heads / 2, 2);
  }

  /** From halves to neighbours, the inverse. */
  static Tensor neighbours(Tensor rows, int heads) {
    return swapped(rows, heads, 2, rows.size(0) / heads / 2);
  }

  private static Tensor swapped(Tensor rows, int heads, long outer, long inner) {
    if (heads * outer * inner != rows.size(0)) {
      throw new ModelException(
          "%s cannot be parted into %d heads of an even size".formatted(rows, heads));
    }
    return rows.reshape(heads, outer, inner, rows.count() / rows.size(0))
        .transpose(1, 2)
        .reshape(rows.shape());
  }
}
