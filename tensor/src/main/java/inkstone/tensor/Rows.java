package inkstone.tensor;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorOperators;
import jdk.incubator.vector.VectorSpecies;

/**
 * What happens to single rows of numbers, with the Vector API; lengths are multiples of the lanes.
 */
final class Rows {

  private static final VectorSpecies<Float> SPECIES = Lanes.SPECIES;
  private static final int LANES = Lanes.COUNT;

  private Rows() {}

  /** Turns scores into e^(score - largest); gives the logarithm of the sum of e^score. */
  static float softmaxParts(float[] x, int from, int length, float[] sum, int at) {
    float largest = largest(x, from, length);
    if (largest == Float.NEGATIVE_INFINITY) { // it sees nothing
      java.util.Arrays.fill(x, from, from + length, 0);
      sum[at] = 1;
      return Float.POSITIVE_INFINITY;
    }
    sum[at] = exponentials(x, from, length, largest);
    return largest + (float) Math.log(sum[at]);
  }

  /** The largest number, NaN where there is one. */
  static float largest(float[] x, int from, int length) {
    var most = FloatVector.broadcast(SPECIES, Float.NEGATIVE_INFINITY);
    for (int i = 0; i < length; i += LANES) {
      most = most.max(FloatVector.fromArray(SPECIES, x, from + i));
    }
    return most.reduceLanes(VectorOperators.MAX);
  }

  /** Turns scores into e^(score - shift); gives their sum. */
  static float exponentials(float[] x, int from, int length, float shift) {
    var total = FloatVector.zero(SPECIES);
    for (int i = 0; i < length; i += LANES) {
      var e = Lanes.exp(FloatVector.fromArray(SPECIES, x, from + i).sub(shift));
      e.intoArray(x, from + i);
      total = total.add(e);
    }
    return Lanes.sum(total);
  }

  /** {@code y = x (y - shift)}. */
  static void weigh(float[] x, float[] y, int from, int length, float shift) {
    for (int i = 0; i < length; i += LANES) {
      FloatVector.fromArray(SPECIES, y, from + i)
          .sub(shift)
          .mul(FloatVector.fromArray(SPECIES, x, from + i))
          .intoArray(y, from + i);
    }
  }

  /** The sum of the products. */
  static float dot(float[] x, float[] y, int from, int length) {
    var total = FloatVector.zero(SPECIES);
    for (int i = 0; i < length; i += LANES) {
      total =
          FloatVector.fromArray(SPECIES, x, from + i)
              .fma(FloatVector.fromArray(SPECIES, y, from + i), total);
    }
    return Lanes.sum(total);
  }

  /** Adds a number to each. */
  static void add(float[] x, int from, int length, float number) {
    for (int i = 0; i < length; i += LANES) {
      FloatVector.fromArray(SPECIES, x, from + i).add(number).intoArray(x, from + i);
    }
  }

  /** Multiplies by a factor. */
  static void scale(float[] x, int from, int length, float factor) {
    for (int i = 0; i < length; i += LANES) {
      FloatVector.fromArray(SPECIES, x, from + i).mul(factor).intoArray(x, from + i);
    }
  }
}
