package inkstone.tensor;

import java.nio.ByteOrder;
import jdk.incubator.vector.ByteVector;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.ShortVector;
import jdk.incubator.vector.VectorOperators;
import jdk.incubator.vector.VectorShape;
import jdk.incubator.vector.VectorSpecies;

/** {@link Unpacking} with the Vector API: a vector holds one column of a group. */
final class VectorUnpacking implements Unpacking {

  static final ByteOrder ORDER = ByteOrder.LITTLE_ENDIAN;
  static final VectorSpecies<Float> FLOATS = Lanes.SPECIES;
  static final VectorSpecies<Integer> INTS = IntVector.SPECIES_PREFERRED;
  static final VectorSpecies<Short> SHORTS = ShortVector.SPECIES_PREFERRED;
  private static final VectorSpecies<Byte> BYTES =
      VectorSpecies.of(byte.class, VectorShape.forBitSize(SHORTS.vectorBitSize() / 2));

  private static final VectorSpecies<Short> HALVES =
      VectorSpecies.of(short.class, VectorShape.forBitSize(SHORTS.vectorBitSize() / 2));

  private final QuantizedMatrix w;
  private final long tile;
  private final int width;
  private final float[] scales;
  private final float[] least;

  VectorUnpacking(QuantizedMatrix w, long tile, int width) {
    this.w = w;
    this.tile = tile;
    this.width = width;
    scales = new float[w.scaleCount()];
    least = new float[w.scaleCount()];
  }

  /** Two numbers of 8 bits for each row, as words. */
  static ShortVector bytes(long at) {
    return (ShortVector)
        ByteVector.fromMemorySegment(BYTES, ALL, at, ORDER)
            .convertShape(VectorOperators.B2S, SHORTS, 0);
  }

  /** Eight numbers of 4 bits for each row. */
  static ShortVector words(long at) {
    return ShortVector.fromMemorySegment(SHORTS, ALL, at, ORDER);
  }

  /** The words of the even columns. */
  static IntVector even(IntVector pairs) {
    return pairs.lanewise(VectorOperators.LSHL, 16).lanewise(VectorOperators.ASHR, 16);
  }

  /** Those of the odd ones. */
  static IntVector odd(IntVector pairs) {
    return pairs.lanewise(VectorOperators.ASHR, 16);
  }

  static FloatVector floats(IntVector x) {
    return (FloatVector) x.convert(VectorOperators.I2F, 0);
  }

  /** As {@link QuantizedMatrix#scales}, for finite ones. */
  static void scales(QuantizedMatrix w, long group, boolean least, float[] to) {
    var form = w.form;
    if (form.wide() || form.chunk() != form.unit()) {
      w.scales(group, least, to);
      return;
    }
    long from = group + (least ? form.scalesBytes(w.columns) : 0);
    for (int i = 0; i < w.columns / form.unit() * Lanes.COUNT; i += Lanes.COUNT) {
      half(from + 2L * i).intoArray(to, i);
    }
  }

  /** Numbers of float16: their bits in a float32 are too small by 2 to the difference of biases. */
  private static FloatVector half(long at) {
    return ((IntVector)
            ShortVector.fromMemorySegment(HALVES, ALL, at, ORDER)
                .convertShape(VectorOperators.S2I, INTS, 0))
        .lanewise(VectorOperators.LSHL, 13)
        .and(0x8FFF_E000)
        .reinterpretAsFloats()
        .mul(0x1p112f);
  }

  @Override
  public void unpack(int number, int column) {
    var form = w.form;
    long group = w.address() + number * form.groupBytes(w.columns);
    w.scales(group, false, scales);
    if (form.least()) {
      w.scales(group, true, least);
    }
    long from = group + form.header(w.columns);
    long to = tile + (long) column * Float.BYTES;
    for (int j = 0; j < w.columns; j += form.unit()) {
      int at = j / form.unit() * PackedForm.LANES;
      if (form.bits() == 8) {
        unit8(from + 2L * (j >> 1) * PackedForm.LANES, to + 4L * j * width, at);
      } else {
        unit4(from + 4L * (j >> 3) * PackedForm.LANES, to + 4L * j * width, at);
      }
    }
  }

  private void unit8(long from, long to, int scale) {
    for (int i = 0; i < w.form.unit(); i += 2) {
      pair(bytes(from + (long) i * PackedForm.LANES), to + 4L * i * width, scale);
    }
  }

  private void unit4(long from, long to, int scale) {
    for (int i = 0; i < w.form.unit(); i += 8) {
      var v = words(from + (long) (i >> 1) * PackedForm.LANES);
      for (int half = 0; half < 4; half++) {
        var q = v.lanewise(VectorOperators.LSHR, 4 * half).and((short) 15);
        pair(q, to + 4L * (i + 2 * half) * width, scale);
      }
    }
  }

  private void pair(ShortVector q, long to, int scale) {
    var pairs = q.reinterpretAsInts();
    number(even(pairs), to, scale);
    number(odd(pairs), to + 4L * width, scale);
  }

  private void number(IntVector q, long to, int at) {
    var scale = FloatVector.fromArray(FLOATS, scales, at);
    var value = floats(q.sub(w.form.offset())).mul(scale);
    var whole = w.form.least() ? value.add(FloatVector.fromArray(FLOATS, least, at)) : value;
    whole.intoMemorySegment(ALL, to, ORDER);
  }
}
