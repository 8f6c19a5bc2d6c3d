package inkstone.model;

import inkstone.tensor.Tensor;

/**
 * A row of numbers for each id.
 *
 * @param weight [ids, width]
 */
public record Embedding(Weight weight) {

  /** int64 [...] to [..., width]. */
  public Tensor forward(Tensor ids) {
    return weight.rows(ids);
  }
}
