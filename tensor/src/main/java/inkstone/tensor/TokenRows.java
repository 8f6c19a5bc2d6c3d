package inkstone.tensor;

import org.bytedeco.pytorch.Tensor;

/**
 * The rows of a tensor [tokens, heads, dim] on the CPU, for a kernel to read. Made with as few
 * calls of libtorch as can be: there is one for each layer and token. Valid while the tensor lives.
 *
 * @param first where the first head of the first token begins
 * @param token the numbers from one token to the next
 * @param head the numbers from one head to the next
 */
record TokenRows(Numbers numbers, long first, long token, long head, int dim) implements HeadRows {

  static TokenRows of(Tensor x) {
    long tokens = x.size(0);
    long heads = x.size(1);
    long dim = x.size(2);
    var plain = dim == 1 || x.stride(2) == 1 ? x : x.detach().contiguous();
    long token = plain.stride(0);
    long head = plain.stride(1);
    long count = (tokens - 1) * token + (heads - 1) * head + dim;
    return new TokenRows(Numbers.of(plain, count), 0, token, head, Math.toIntExact(dim));
  }

  /** The heads from {@code head} on of a contiguous [tokens, heads * dim]. */
  static TokenRows of(Numbers numbers, int head, int heads, int dim) {
    return new TokenRows(numbers, (long) head * dim, (long) heads * dim, dim, dim);
  }

  @Override
  public void read(int ofToken, int ofHead, float[] to, int at) {
    numbers.read(first + ofToken * token + ofHead * head, to, at, dim);
  }
}
