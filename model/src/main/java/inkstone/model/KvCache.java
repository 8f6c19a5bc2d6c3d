package inkstone.model;

import inkstone.tensor.Tensor;

/**
 * What attention keeps of the tokens that a sequence has seen. Who makes a cache decides where its
 * memory lies and when it goes.
 */
public interface KvCache {

  /** The keys and values of a whole sequence, each [1, heads, tokens, dim]. */
  record KeysValues(Tensor keys, Tensor values) {}

  /**
   * Adds the newest tokens of a sequence and gives all of it, the new ones last.
   *
   * @param layer counted from 0
   * @param sequence the number that the batch gave the sequence
   * @param keys [1, heads, new tokens, dim]
   * @param values [1, heads, new tokens, dim]
   */
  KeysValues extend(int layer, int sequence, Tensor keys, Tensor values);
}
