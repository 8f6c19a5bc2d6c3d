package inkstone.model;

import inkstone.tensor.Functions;
import inkstone.tensor.Tensor;

/**
 * A row of numbers for each id.
 *
 * @param weight [ids, width]
 */
public record Embedding(Tensor weight) {

  /** int64 [...] to [..., width]. */
  public Tensor forward(Tensor ids) {
    return Functions.embedding(weight, ids);
  }
}
