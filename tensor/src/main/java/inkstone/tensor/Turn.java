package inkstone.tensor;

import org.bytedeco.pytorch.Tensor;

/**
 * Rotary positions by a kernel on the CPU. Backward turns the other way. The loops are plain: the
 * compiler makes vectors of them.
 */
final class Turn extends Operation {

  private static final int TOKENS = 32;

  private final Tensor input;
  private final int turned;
  private final float[] cos;
  private final float[] sin;

  /**
   * input [tokens, heads, dim]; cos and sin one row of dim / 2 for each token.
   *
   * @param turned of the heads, the first ones; the others stay as they are
   */
  Turn(Tensor input, Tensor cos, Tensor sin, int turned) {
    this.input = hold(input);
    this.turned = turned;
    this.cos = numbers(cos);
    this.sin = numbers(sin);
  }

  /** All numbers of a tensor. */
  static float[] numbers(Tensor x) {
    var all = new float[Math.toIntExact(x.numel())];
    Numbers.of(x.is_contiguous() ? x : x.detach().contiguous()).read(0, all, 0, all.length);
    return all;
  }

  @Override
  Tensor forward() {
    return turned(input.detach(), 1);
  }

  @Override
  void backward(Tensor gradient) {
    add(input, turned(gradient, -1));
  }

  private Tensor turned(Tensor given, float direction) {
    int tokens = Math.toIntExact(given.size(0));
    int heads = Math.toIntExact(given.size(1));
    int dim = Math.toIntExact(given.size(2));
    var x = given.stride(2) == 1 && given.stride(1) == dim ? given : given.contiguous();
    var y = given.new_empty(given.sizes());
    long row = x.stride(0);
    if (given.numel() == 0) {
      return y;
    }
    var from = Numbers.of(x, (tokens - 1) * row + (long) heads * dim);
    var to = Numbers.of(y);
    Workers.run(
        (tokens + TOKENS - 1) / TOKENS,
        () -> {
          var before = new float[heads * dim];
          var after = new float[heads * dim];
          return piece -> {
            for (int t = piece * TOKENS; t < Math.min(tokens, (piece + 1) * TOKENS); t++) {
              from.read(t * row, before, 0, before.length);
              System.arraycopy(before, turned * dim, after, turned * dim, (heads - turned) * dim);
              for (int head = 0; head < turned; head++) {
                turn(before, after, head * dim, dim / 2, cos, sin, t * (dim / 2), direction);
              }
              to.write(after, 0, (long) t * after.length, after.length);
            }
          };
        });
    return y;
  }

  /**
   * One head.
   *
   * @param y may be x
   * @param half of the numbers that are turned
   * @param angle where those of its token begin
   */
  static void turn(
      float[] x,
      float[] y,
      int at,
      int half,
      float[] cos,
      float[] sin,
      int angle,
      float direction) {
    for (int i = 0; i < half; i++) {
      float c = cos[angle + i];
      float s = direction * sin[angle + i];
      float a = x[at + i];
      float b = x[at + half + i];
      y[at + i] = a * c - b * s;
      y[at + half + i] = b * c + a * s;
    }
  }
}
