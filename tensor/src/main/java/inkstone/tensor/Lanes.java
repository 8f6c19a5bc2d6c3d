package inkstone.tensor;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorOperators;
import jdk.incubator.vector.VectorSpecies;

/**
 * What the Vector API has too, but with a result that may change when the compiler steps in. Here
 * the same numbers come out every time, so that a run can be repeated and resumed exactly.
 */
final class Lanes {

  static final VectorSpecies<Float> SPECIES = FloatVector.SPECIES_PREFERRED;
  static final int COUNT = SPECIES.length();

  /** Added to a float below 2^22, it leaves the nearest whole number in the last bits. */
  private static final float ROUND = 0x1.8p23f;

  private static final float LOG2_E = 1.44269504f;

  /** The logarithm of 2 in two parts, the first with few digits. */
  private static final float LN2_HIGH = 0.693359375f;

  private static final float LN2_LOW = -2.12194440e-4f;
  private static final float LEAST = -87.3f;
  private static final float MOST = 88f;

  private Lanes() {}

  /**
   * e^x to 2 units in the last place: 2^n e^r with |r| below ln 2 / 2, and a polynomial for e^r
   * (Cephes, expf). 0 below -87.3, infinite above 88.
   */
  static FloatVector exp(FloatVector x) {
    // Far out this makes numbers without meaning, which the last lines replace.
    var shifted = x.mul(LOG2_E).add(ROUND);
    var n = shifted.sub(ROUND);
    var r = x.sub(n.mul(LN2_HIGH)).sub(n.mul(LN2_LOW));
    var p = r.mul(1.9875691500e-4f).add(1.3981999507e-3f);
    p = p.mul(r).add(8.3334519073e-3f);
    p = p.mul(r).add(4.1665795894e-2f);
    p = p.mul(r).add(1.6666665459e-1f);
    p = p.mul(r).add(5.0000001201e-1f);
    p = p.mul(r).mul(r).add(r).add(1);
    var power = shifted.reinterpretAsInts().lanewise(VectorOperators.LSHL, 23);
    var scaled = p.reinterpretAsInts().add(power).reinterpretAsFloats();
    return scaled
        .blend(0, x.lt(LEAST))
        .blend(Float.POSITIVE_INFINITY, x.compare(VectorOperators.GT, MOST));
  }

  /** The sum of the lanes, from the first to the last. */
  static float sum(FloatVector x) {
    float sum = 0;
    for (float each : x.toArray()) {
      sum += each;
    }
    return sum;
  }
}
