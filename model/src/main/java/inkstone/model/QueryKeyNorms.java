package inkstone.model;

import inkstone.tensor.Tensor;
import java.util.List;

/**
 * Norms of queries and keys before they are turned (Henry et al., 2020).
 *
 * @param whole whether over all heads at once rather than each
 */
record QueryKeyNorms(Norm queries, Norm keys, boolean whole) {

  /** x [tokens, heads + keyHeads, dim], queries first, to the same. */
  Tensor forward(Tensor x, int heads) {
    var q = x.narrow(1, 0, heads);
    var k = x.narrow(1, heads, x.size(1) - heads);
    return Tensor.concat(1, List.of(forward(queries, q), forward(keys, k)));
  }

  private Tensor forward(Norm norm, Tensor x) {
    return whole ? norm.forward(x.reshape(x.size(0), -1)).reshape(x.shape()) : norm.forward(x);
  }
}
