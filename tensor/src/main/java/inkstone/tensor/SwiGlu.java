package inkstone.tensor;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorSpecies;
import org.bytedeco.pytorch.Tensor;

/**
 * {@link Functions#swiGlu} by a kernel on the CPU: one pass each way, with the Vector API. Several
 * threads take rows of the native memory to arrays and back: the compiler makes better code of
 * loops over arrays.
 */
final class SwiGlu extends Operation {

  private static final VectorSpecies<Float> SPECIES = Lanes.SPECIES;
  private static final int LANES = Lanes.COUNT;

  private final Tensor input;
  private final Tensor x;
  private final int width;

  /** input [rows, 2 width]. */
  SwiGlu(Tensor input) {
    this.input = hold(input);
    x = hold(input.detach().contiguous());
    width = Math.toIntExact(input.size(1) / 2);
  }

  @Override
  Tensor forward() {
    var y = x.new_empty(x.size(0), width);
    forward(Numbers.of(x), Numbers.of(y), x.size(0), width);
    return y;
  }

  @Override
  void backward(Tensor gradient) {
    var given = gradient.contiguous();
    var slope = x.new_empty(x.sizes());
    backward(Numbers.of(x), Numbers.of(given), Numbers.of(slope), x.size(0), width);
    add(input, slope);
  }

  /** Whether rows of this width part into whole vectors. */
  static boolean fits(long width) {
    return width % LANES == 0;
  }

  private static FloatVector at(float[] x, int i) {
    return FloatVector.fromArray(SPECIES, x, i);
  }

  /**
   * {@code y = silu(gate) up}, where rows of x hold gate and up side by side, {@code width} each.
   */
  private static void forward(Numbers x, Numbers y, long rows, int width) {
    Workers.run(
        Math.toIntExact(rows),
        () -> {
          var a = new float[2 * width];
          return row -> {
            x.read(2L * row * width, a, 0, a.length);
            forward(a, width);
            y.write(a, 0, (long) row * width, width);
          };
        });
  }

  /** One row in place: its first half becomes the result. */
  static void forward(float[] a, int width) {
    for (int i = 0; i < width; i += LANES) {
      var v = at(a, i);
      v.div(Lanes.exp(v.neg()).add(1)).mul(at(a, width + i)).intoArray(a, i);
    }
  }

  /** The gradients of both halves. */
  private static void backward(Numbers x, Numbers dy, Numbers dx, long rows, int width) {
    Workers.run(
        Math.toIntExact(rows),
        () -> {
          var a = new float[2 * width];
          var d = new float[width];
          return row -> {
            x.read(2L * row * width, a, 0, a.length);
            dy.read((long) row * width, d, 0, width);
            backward(a, d, width);
            dx.write(a, 0, 2L * row * width, a.length);
          };
        });
  }

  private static void backward(float[] a, float[] d, int width) {
    var one = FloatVector.broadcast(SPECIES, 1);
    for (int i = 0; i < width; i += LANES) {
      var v = at(a, i);
      var up = at(a, width + i);
      var given = at(d, i);
      var s = one.div(Lanes.exp(v.neg()).add(1));
      one.sub(s).mul(v).add(1).mul(s).mul(up).mul(given).intoArray(a, i);
      v.mul(s).mul(given).intoArray(a, width + i);
    }
  }
}
