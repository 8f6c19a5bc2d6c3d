package inkstone.tensor;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import jdk.incubator.vector.FloatVector;
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

  private static final ByteOrder ORDER = ByteOrder.nativeOrder();
  private static final ValueLayout.OfShort SHORT = ValueLayout.JAVA_SHORT_UNALIGNED;
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

  /** Copies {@code count} numbers from byte {@code start} on. */
  static void widen(MemorySegment from, long start, float[] to, int at, int count) {
    int i = 0;
    for (; i <= count - LANES; i += LANES) {
      ShortVector.fromMemorySegment(SHORTS, from, start + (long) i * Short.BYTES, ORDER)
          .convertShape(VectorOperators.ZERO_EXTEND_S2I, INTS, 0)
          .reinterpretAsInts()
          .lanewise(VectorOperators.LSHL, HALF)
          .reinterpretAsFloats()
          .intoArray(to, at + i);
    }
    for (; i < count; i++) {
      to[at + i] = Float.intBitsToFloat(from.get(SHORT, start + (long) i * Short.BYTES) << HALF);
    }
  }

  /** Copies {@code count} numbers, rounded, to byte {@code at} on. */
  static void narrow(float[] from, int start, MemorySegment to, long at, int count) {
    int i = 0;
    for (; i <= count - LANES; i += LANES) {
      rounded(from, start + i).intoMemorySegment(to, at + (long) i * Short.BYTES, ORDER);
    }
    for (; i < count; i++) {
      to.set(SHORT, at + (long) i * Short.BYTES, narrow(from[start + i]));
    }
  }

  private static ShortVector rounded(float[] from, int at) {
    var x = FloatVector.fromArray(Lanes.SPECIES, from, at);
    var bits = x.reinterpretAsInts();
    var odd = bits.lanewise(VectorOperators.LSHR, HALF).and(1);
    var rounded = bits.add(0x7fff).add(odd).lanewise(VectorOperators.LSHR, HALF);
    var safe = rounded.blend(NAN, x.test(VectorOperators.IS_NAN).cast(INTS));
    return (ShortVector) safe.convertShape(VectorOperators.I2S, SHORTS, 0);
  }

  /** Copies {@code count} numbers, rounded. */
  static void narrow(float[] from, int start, short[] to, int at, int count) {
    int i = 0;
    for (; i <= count - LANES; i += LANES) {
      rounded(from, start + i).intoArray(to, at + i);
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
