package inkstone.tensor;

import org.bytedeco.pytorch.Tensor;

/**
 * The rows of a tensor [tokens, heads, dim] on the CPU, for a kernel to read. Made with as few
 * calls of libtorch as can be: there is one for each layer and token. Valid while the tensor lives.
 *
 * @param token the numbers from one token to the next
 * @param head the numbers from one head to the next
 */
record TokenRows(Numbers numbers, long token, long head, int dim) {

  static TokenRows of(Tensor x) {
    long tokens = x.size(0);
    long heads = x.size(1);
    long dim = x.size(2);
    var plain = dim == 1 || x.stride(2) == 1 ? x : x.detach().contiguous();
    long token = plain.stride(0);
    long head = plain.stride(1);
    long count = (tokens - 1) * token + (heads - 1) * head + dim;
    return new TokenRows(Numbers.of(plain, count), token, head, Math.toIntExact(dim));
  }

  /** Copies a row to an array, from {@code at} on. */
  void read(int ofToken, int ofHead, float[] to, int at) {
    numbers.read(ofToken * token + ofHead * head, to, at, dim);
  }
}
