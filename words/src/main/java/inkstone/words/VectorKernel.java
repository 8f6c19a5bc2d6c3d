package inkstone.words;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorSpecies;

/**
 * The arithmetic with the Vector API. Six outputs make six sums that are free of each other, and
 * six rows and six sums of what moves them are as much as sixteen registers hold. Lanes are added
 * in a fixed order, so that one thread gives the same vectors each time.
 */
final class VectorKernel extends Kernel {

  private static final VectorSpecies<Float> SPECIES = FloatVector.SPECIES_PREFERRED;

  /** Numbers in a vector. */
  static final int LANES = SPECIES.length();

  private final float[] lanes = new float[OUTPUTS * LANES];

  VectorKernel(int inputs) {
    super(inputs);
  }

  @Override
  void dots(float[] in, int input, float[] out, int[] outputs, int from, int stride) {
    int o0 = outputs[from];
    int o1 = outputs[from + 1];
    int o2 = outputs[from + 2];
    int o3 = outputs[from + 3];
    int o4 = outputs[from + 4];
    int o5 = outputs[from + 5];
    var s0 = FloatVector.zero(SPECIES);
    var s1 = s0;
    var s2 = s0;
    var s3 = s0;
    var s4 = s0;
    var s5 = s0;
    for (int d = 0; d < stride; d += LANES) {
      var x = FloatVector.fromArray(SPECIES, in, input + d);
      s0 = x.fma(FloatVector.fromArray(SPECIES, out, o0 + d), s0);
      s1 = x.fma(FloatVector.fromArray(SPECIES, out, o1 + d), s1);
      s2 = x.fma(FloatVector.fromArray(SPECIES, out, o2 + d), s2);
      s3 = x.fma(FloatVector.fromArray(SPECIES, out, o3 + d), s3);
      s4 = x.fma(FloatVector.fromArray(SPECIES, out, o4 + d), s4);
      s5 = x.fma(FloatVector.fromArray(SPECIES, out, o5 + d), s5);
    }
    s0.intoArray(lanes, 0);
    s1.intoArray(lanes, LANES);
    s2.intoArray(lanes, 2 * LANES);
    s3.intoArray(lanes, 3 * LANES);
    s4.intoArray(lanes, 4 * LANES);
    s5.intoArray(lanes, 5 * LANES);
    for (int k = 0; k < OUTPUTS; k++) {
      dots[k] = sum(k * LANES);
    }
  }

  /** Four sums side by side, so that no addition waits for the last. */
  private float sum(int at) {
    float a = lanes[at];
    float b = lanes[at + 1];
    float c = LANES > 2 ? lanes[at + 2] : 0;
    float d = LANES > 2 ? lanes[at + 3] : 0;
    for (int i = at + 4; i < at + LANES; i += 4) {
      a += lanes[i];
      b += lanes[i + 1];
      c += lanes[i + 2];
      d += lanes[i + 3];
    }
    return (a + b) + (c + d);
  }

  @Override
  void move(float[] in, int[] inputs, int m, float[] out, int[] outputs, int from, int stride) {
    int o0 = outputs[from];
    int o1 = outputs[from + 1];
    int o2 = outputs[from + 2];
    int o3 = outputs[from + 3];
    int o4 = outputs[from + 4];
    int o5 = outputs[from + 5];
    var zero = FloatVector.zero(SPECIES);
    for (int d = 0; d < stride; d += LANES) {
      var w0 = FloatVector.fromArray(SPECIES, out, o0 + d);
      var w1 = FloatVector.fromArray(SPECIES, out, o1 + d);
      var w2 = FloatVector.fromArray(SPECIES, out, o2 + d);
      var w3 = FloatVector.fromArray(SPECIES, out, o3 + d);
      var w4 = FloatVector.fromArray(SPECIES, out, o4 + d);
      var w5 = FloatVector.fromArray(SPECIES, out, o5 + d);
      var m0 = zero;
      var m1 = zero;
      var m2 = zero;
      var m3 = zero;
      var m4 = zero;
      var m5 = zero;
      for (int i = 0, g = 0; i < m; i++, g += OUTPUTS) {
        int row = inputs[i] + d;
        var x = FloatVector.fromArray(SPECIES, in, row);
        var y = x;
        var step = FloatVector.broadcast(SPECIES, steps[g]);
        y = w0.fma(step, y);
        m0 = x.fma(step, m0);
        step = FloatVector.broadcast(SPECIES, steps[g + 1]);
        y = w1.fma(step, y);
        m1 = x.fma(step, m1);
        step = FloatVector.broadcast(SPECIES, steps[g + 2]);
        y = w2.fma(step, y);
        m2 = x.fma(step, m2);
        step = FloatVector.broadcast(SPECIES, steps[g + 3]);
        y = w3.fma(step, y);
        m3 = x.fma(step, m3);
        step = FloatVector.broadcast(SPECIES, steps[g + 4]);
        y = w4.fma(step, y);
        m4 = x.fma(step, m4);
        step = FloatVector.broadcast(SPECIES, steps[g + 5]);
        y = w5.fma(step, y);
        m5 = x.fma(step, m5);
        y.intoArray(in, row);
      }
      // Read again: two of the outputs may be one row.
      add(out, o0 + d, m0);
      add(out, o1 + d, m1);
      add(out, o2 + d, m2);
      add(out, o3 + d, m3);
      add(out, o4 + d, m4);
      add(out, o5 + d, m5);
    }
  }

  private static void add(float[] to, int at, FloatVector what) {
    FloatVector.fromArray(SPECIES, to, at).add(what).intoArray(to, at);
  }

  @Override
  void mean(float[] in, int[] inputs, int m, float[] to, int at, int stride) {
    float share = 1f / m;
    for (int d = 0; d < stride; d += LANES) {
      var sum = FloatVector.fromArray(SPECIES, in, inputs[0] + d);
      for (int i = 1; i < m; i++) {
        sum = sum.add(FloatVector.fromArray(SPECIES, in, inputs[i] + d));
      }
      sum.mul(share).intoArray(to, at + d);
    }
  }

  @Override
  void addDifference(
      float[] in, int[] inputs, int m, float[] of, int after, int before, int stride) {
    for (int d = 0; d < stride; d += LANES) {
      var difference =
          FloatVector.fromArray(SPECIES, of, after + d)
              .sub(FloatVector.fromArray(SPECIES, of, before + d));
      for (int i = 0; i < m; i++) {
        add(in, inputs[i] + d, difference);
      }
    }
  }
}
