package inkstone.tensor;

import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.ShortVector;
import jdk.incubator.vector.VectorOperators;
import jdk.incubator.vector.VectorShape;
import jdk.incubator.vector.VectorSpecies;

/**
 * Numbers of 16 bits that are the upper half of a float32: exact one way, rounded to the nearest
 * (ties to even) the other.
 */
final class Bfloat16 {

  private static final VectorSpecies<Integer> INTS = IntVector.SPECIES_PREFERRED;
  private static final int LANES = INTS.length();
  private static final VectorSpecies<Short> SHORTS =
      VectorSpecies.of(short.class, VectorShape.forBitSize(INTS.vectorBitSize() / 2));

  private static final int HALF = 16;
  private static final short NAN = 0x7fc0;

  private Bfloat16() {}

  /** Copies {@code count} numbers. */
  static void widen(short[] from, int start, float[] to, int at, int count) {
    int i = 0;
    for (; i <= count - LANES; i += LANES) {
      ShortVector.fromArray(SHORTS, from, start + i)
          .convertShape(VectorOperators.ZERO_EXTEND_S2I, INTS, 0)
          .reinterpretAsInts()
          .lanewise(VectorOperators.LSHL, HALF)
          .reinterpretAsFloats()
          .intoArray(to, at + i);
    }
    for (; i < count; i++) {
      to[at + i] = Float.intBitsToFloat(from[start + i] << HALF);
    }
  }

  /** Copies {@code count} numbers, rounded. */
  static void narrow(float[] from, int start, short[] to, int at, int count) {
    int i = 0;
    for (; i <= count - LANES; i += LANES) {
      var x = jdk.incubator.vector.FloatVector.fromArray(Lanes.SPECIES, from, start + i);
      var bits = x.reinterpretAsInts();
      var odd = bits.lanewise(VectorOperators.LSHR, HALF).and(1);
      var rounded = bits.add(0x7fff).add(odd).lanewise(VectorOperators.LSHR, HALF);
      var safe = rounded.blend(NAN, x.test(VectorOperators.IS_NAN).cast(INTS));
      ((ShortVector) safe.convertShape(VectorOperators.I2S, SHORTS, 0)).intoArray(to, at + i);
    }
    for (; i < count; i++) {
      to[at + i] = narrow(from[start + i]);
    }
  }

  /** One number, rounded. */
  static short narrow(float x) {
    int bits = Float.floatToRawIntBits(x);
    return Float.isNaN(x) ? NAN : (short) (bits + 0x7fff + (bits >>> HALF & 1) >>> HALF);
  }
}
