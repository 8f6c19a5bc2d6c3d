package inkstone.tensor;

import org.bytedeco.pytorch.Tensor;

/**
 * The numbers of a tensor [batch, heads, tokens, dim] on the CPU, whatever their order, for a
 * kernel to read and write rows of. Valid while the tensor lives.
 */
record Strided(Numbers numbers, long[] strides, int dim) {

  /** The tensor's own memory; the numbers of a row must lie together. */
  static Strided of(Tensor x) {
    var strides = new long[3];
    long last = x.size(3) - 1;
    for (int i = 0; i < 3; i++) {
      strides[i] = x.stride(i);
      last += strides[i] * (x.size(i) - 1);
    }
    return new Strided(Numbers.of(x, Math.max(0, last + 1)), strides, Math.toIntExact(x.size(3)));
  }

  /** Copies rows {@code first} on to an array, {@code row} numbers apart. */
  void read(int batch, int head, int first, int rows, float[] to, int row) {
    for (int i = 0; i < rows; i++) {
      numbers.read(at(batch, head, first + i), to, i * row, dim);
    }
  }

  /** The reverse. */
  void write(int batch, int head, int first, int rows, float[] from, int row) {
    for (int i = 0; i < rows; i++) {
      numbers.write(from, i * row, at(batch, head, first + i), dim);
    }
  }

  /** Where a row of bfloat16 lies in memory. */
  long address(int batch, int head, int token) {
    return numbers.memory().address() + at(batch, head, token) * Short.BYTES;
  }

  /** The bytes from a token's row of bfloat16 to the next one's. */
  long distance() {
    return strides[2] * Short.BYTES;
  }

  private long at(int batch, int head, int token) {
    return batch * strides[0] + head * strides[1] + token * strides[2];
  }
}
