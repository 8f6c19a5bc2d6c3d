package inkstone.tensor;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorSpecies;
import org.bytedeco.pytorch.Tensor;

/**
 * {@link Functions#geluTanh} by a kernel on the CPU, one pass each way, with the Vector API: {@code
 * x / (1 + e^(-2u))}, {@code u = sqrt(2 / pi) (x + 0.044715 x^3)}, which is the same as {@code x (1
 * + tanh u) / 2}.
 */
final class Gelu extends Operation {

  private static final VectorSpecies<Float> SPECIES = Lanes.SPECIES;
  private static final int LANES = Lanes.COUNT;

  /** Numbers taken at one time: they and their gradients stay in the nearest cache. */
  private static final int PIECE = 2048;

  static final float CUBIC = 0.044715f;
  static final float MINUS_2_ROOT = (float) (-2 * Math.sqrt(2 / Math.PI));

  private final Tensor input;
  private final Tensor x;
  private final boolean half;

  Gelu(Tensor input) {
    this.input = hold(input);
    x = hold(input.detach().contiguous());
    half =
        Numbers.isHalf(x)
            && x.numel() % GeluCode.NUMBERS == 0
            && MachineCode.runs(MachineCode.DOT_BFLOAT16);
  }

  static boolean fits(long count) {
    return count > 0 && count % LANES == 0;
  }

  private static FloatVector at(float[] x, int i) {
    return FloatVector.fromArray(SPECIES, x, i);
  }

  /** One over the sum of 1 and e^(-2u). */
  private static FloatVector gate(FloatVector v, FloatVector square) {
    var minus2u = square.mul(CUBIC).add(1).mul(v).mul(MINUS_2_ROOT);
    return FloatVector.broadcast(SPECIES, 1).div(Lanes.exp(minus2u).add(1));
  }

  @Override
  Tensor forward() {
    var y = x.new_empty(x.sizes());
    if (half) {
      GeluCalls.forward(x, y);
      return y;
    }
    var from = Numbers.of(x);
    var to = Numbers.of(y);
    Pieces.run(
        x.numel(),
        PIECE,
        () -> {
          var a = new float[PIECE];
          return (at, count) -> {
            from.read(at, a, 0, count);
            forward(a, count);
            to.write(a, 0, at, count);
          };
        });
    return y;
  }

  private static void forward(float[] a, int count) {
    for (int i = 0; i < count; i += LANES) {
      var v = at(a, i);
      v.mul(gate(v, v.mul(v))).intoArray(a, i);
    }
  }

  @Override
  void backward(Tensor gradient) {
    var given = gradient.to(x.scalar_type()).contiguous();
    var slope = x.new_empty(x.sizes());
    if (half) {
      GeluCalls.backward(x, given, slope);
      add(input, slope);
      return;
    }
    var from = Numbers.of(x);
    var dy = Numbers.of(given);
    var to = Numbers.of(slope);
    Pieces.run(
        x.numel(),
        PIECE,
        () -> {
          var a = new float[PIECE];
          var d = new float[PIECE];
          return (at, count) -> {
            from.read(at, a, 0, count);
            dy.read(at, d, 0, count);
            backward(a, d, count);
            to.write(d, 0, at, count);
          };
        });
    add(input, slope);
  }

  /** {@code dx = dy (s + x s (1 - s) 2u')}. */
  private static void backward(float[] a, float[] d, int count) {
    var one = FloatVector.broadcast(SPECIES, 1);
    for (int i = 0; i < count; i += LANES) {
      var v = at(a, i);
      var square = v.mul(v);
      var s = gate(v, square);
      var twiceSlope = square.mul(3 * CUBIC).add(1).mul(-MINUS_2_ROOT);
      one.sub(s).mul(v).mul(twiceSlope).add(1).mul(s).mul(at(d, i)).intoArray(d, i);
    }
  }
}
