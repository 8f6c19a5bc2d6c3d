package inkstone.tensor;

import inkstone.tensor.Bfloat16Products.Left;
import inkstone.tensor.Bfloat16Products.Result;
import inkstone.tensor.Bfloat16Products.Right;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;
import org.bytedeco.pytorch.global.torch.ScalarType;

/**
 * A linear layer in bfloat16 by machine code: {@code x W^T + b}. Threads take blocks of rows as
 * they become free, and the gradient of the weight gathers in float32, straight into its sum; each
 * number of a result is one thread's, in one order.
 */
final class Bfloat16Linear extends Operation {

  private static final int HALF = Short.BYTES;
  private static final int FULL = Float.BYTES;
  private static final int STRIP = Bfloat16Products.STRIP;
  private static final int LINE = Bfloat16Products.LINE;

  /** Rows of a left factor that stay in the cache. */
  private static final int ROWS = 128;

  /** Strips of one call: some dozen microseconds. */
  private static final int STRIPS = 4;

  /** Tokens whose part of a weight's gradient is worked out at one time. */
  private static final int TOKENS = 512;

  /** Strips of outputs and of inputs of one block of a weight's gradient. */
  private static final int OUT_STRIPS = 3;

  private static final int IN_STRIPS = 12;

  /** With fewer it takes too long to bring the weight in order. */
  private static final int FEWEST_ROWS = 256;

  private final Tensor input;
  private final Tensor weight;
  private final Tensor bias;
  private final Tensor x; // [rows, in]
  private final Tensor w; // [out, in], in bfloat16
  private final int rows;
  private final int in;
  private final int out;

  /**
   * input [..., in] bfloat16; weight [out, in] in its own type, narrow the same in bfloat16; bias
   * [out] or undefined.
   */
  Bfloat16Linear(Tensor input, Tensor weight, Tensor narrow, Tensor bias) {
    this.input = hold(input);
    this.weight = hold(weight);
    this.bias = hold(bias);
    out = Math.toIntExact(weight.size(0));
    in = Math.toIntExact(weight.size(1));
    x = hold(input.detach().reshape(-1, in).contiguous());
    w = hold(narrow.detach().contiguous());
    rows = Math.toIntExact(x.size(0));
  }

  /** Whether it is the better way for so many rows. */
  static boolean fits(long rows, long in, long out) {
    return rows >= FEWEST_ROWS && !MachineCode.hasTiles() && takes(rows, in, out);
  }

  /** Whether it can take so many rows. */
  static boolean takes(long rows, long in, long out) {
    return rows > 0
        && in > 0
        && out > 0
        && rows % ProductCode.ROWS == 0
        && in % STRIP == 0
        && out % STRIP == 0
        && Math.max(in, out) * rows < Integer.MAX_VALUE
        && MachineCode.runs(MachineCode.DOT_BFLOAT16);
  }

  @Override
  Tensor forward() {
    var shape = input.sizes().vec().get();
    shape[shape.length - 1] = out;
    var y = x.new_empty(rows, out);
    var start = bias.defined() ? bias.detach().to(ScalarType.Float).contiguous() : zeros(out);
    try (var packed = x.new_empty((long) in * out)) {
      pack(w, packed, true);
      rowwise(x, in, address(packed), y, out, start);
    }
    return y.view(shape);
  }

  private static Tensor zeros(long count) {
    return torch.zeros(new long[] {count}, Native.options(DType.FLOAT32, Device.CPU));
  }

  @Override
  void backward(Tensor gradient) {
    var dy = gradient.to(x.scalar_type()).reshape(rows, out).contiguous();
    if (input.requires_grad()) {
      var dx = torch.empty_like(x);
      try (var packed = x.new_empty((long) in * out)) {
        pack(w, packed, false);
        rowwise(dy, out, address(packed), dx, in, zeros(in));
      }
      add(input, dx.view(input.sizes()));
    }
    if (weight.requires_grad()) {
      gatherWeightSlope(dy);
    }
    if (bias.defined() && bias.requires_grad()) {
      add(bias, dy.to(ScalarType.Float).sum(0).to(bias.scalar_type()));
    }
  }

  private static long address(Tensor x) {
    return x.data_ptr().address();
  }

  private static Bfloat16Products products() {
    var memory = Workspace.of(Arguments.BYTES);
    return new Bfloat16Products(new Arguments(memory, memory.address()));
  }

  /**
   * The weight as a right factor: its transpose in strips of outputs, or itself in strips of
   * inputs.
   */
  private void pack(Tensor w, Tensor to, boolean transposed) {
    long from = address(w);
    long at = address(to);
    Workers.run(
        (transposed ? out : in) / STRIP,
        () -> {
          var products = products();
          return strip -> {
            if (transposed) {
              long part = (long) strip * STRIP * in * HALF;
              products.pairsAcross(from + part, in, at + part, STRIP);
            } else {
              products.pairsDown(
                  from + (long) strip * STRIP * HALF,
                  (long) in * HALF,
                  at + (long) strip * out / 2 * LINE,
                  out / 2,
                  1,
                  0);
            }
          };
        });
  }

  /** {@code y = start + a b}: a [rows, inner], b packed. */
  private void rowwise(Tensor a, int inner, long b, Tensor y, int outer, Tensor start) {
    long from = address(a);
    long to = address(y);
    long begin = address(start);
    long strip = (long) inner / 2 * LINE;
    Workers.run(
        (rows + ROWS - 1) / ROWS,
        () -> {
          var products = products();
          return piece -> {
            int at = piece * ROWS;
            int tiles = Math.min(ROWS, rows - at) / ProductCode.ROWS;
            for (int first = 0; first < outer / STRIP; first += STRIPS) {
              products.multiplyToHalf(
                  new Left(from + (long) at * inner * HALF, (long) inner * HALF, FULL),
                  new Right(b + first * strip, strip),
                  new Result(
                      to + ((long) at * outer + (long) first * STRIP) * HALF,
                      (long) outer * HALF,
                      false),
                  tiles,
                  Math.min(STRIPS, outer / STRIP - first),
                  inner / 2,
                  begin + (long) first * STRIP * FULL);
            }
          };
        });
  }

  /** {@code sum += dy^T x}, in blocks of tokens: each thread takes strips of outputs. */
  private void gatherWeightSlope(Tensor dy) {
    boolean straight =
        weight.mutable_grad().defined()
            && weight.mutable_grad().scalar_type().intern() == ScalarType.Float
            && weight.mutable_grad().is_contiguous();
    var sum =
        straight
            ? weight.mutable_grad()
            : torch.zeros(new long[] {out, in}, Native.options(DType.FLOAT32, Device.CPU));
    try (var packed = x.new_empty((long) rows * in)) {
      packTokens(address(packed));
      long slopes = address(dy);
      long to = address(sum);
      long right = address(packed);
      int across = parts(in / STRIP, IN_STRIPS);
      Workers.run(
          parts(out / STRIP, OUT_STRIPS) * across,
          () -> {
            var memory = Workspace.of(Arguments.BYTES + (long) OUT_STRIPS * TOKENS / 2 * LINE);
            var products = new Bfloat16Products(new Arguments(memory, memory.address()));
            long left = memory.address() + Arguments.BYTES;
            return piece -> {
              int strip = piece / across * OUT_STRIPS;
              int column = piece % across * IN_STRIPS;
              gather(products, left, strip, column, slopes, right, to);
            };
          });
    }
    if (!straight) {
      add(weight, sum.to(weight.scalar_type()));
    }
  }

  /** The tokens' inputs as right factors, a block of tokens after the other. */
  private void packTokens(long to) {
    long from = address(x);
    Workers.run(
        (rows + TOKENS - 1) / TOKENS,
        () -> {
          var products = products();
          return block -> {
            long at = (long) block * TOKENS * in * HALF;
            int tokens = Math.min(TOKENS, rows - block * TOKENS);
            products.pairsDown(
                from + at,
                (long) in * HALF,
                to + at,
                tokens / 2,
                in / STRIP,
                (long) tokens / 2 * LINE);
          };
        });
  }

  private static int parts(int all, int most) {
    return (all + most - 1) / most;
  }

  /** The block of the gradient that begins at a strip of outputs and one of inputs. */
  private void gather(
      Bfloat16Products products, long left, int strip, int column, long dy, long right, long to) {
    int strips = Math.min(OUT_STRIPS, out / STRIP - strip);
    int columns = Math.min(IN_STRIPS, in / STRIP - column);
    long row = (long) out * HALF;
    for (int at = 0; at < rows; at += TOKENS) {
      int tokens = Math.min(TOKENS, rows - at);
      long part = (long) tokens / 2 * LINE;
      long first = dy + at * row + (long) strip * STRIP * HALF;
      products.pairsDown(first, row, left, tokens / 2, strips, part);
      for (int i = 0; i < strips; i++) {
        long place = (long) (strip + i) * STRIP * in + (long) column * STRIP;
        products.multiply(
            new Left(left + i * part, FULL, LINE),
            new Right(right + (long) at * in * HALF + column * part, part),
            new Result(to + place * FULL, (long) in * FULL, true),
            STRIP / ProductCode.ROWS,
            columns,
            tokens / 2);
      }
    }
  }
}
