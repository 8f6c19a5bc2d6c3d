package inkstone.tensor;

import java.nio.ByteOrder;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.ShortVector;
import jdk.incubator.vector.VectorOperators;
import jdk.incubator.vector.VectorShape;
import jdk.incubator.vector.VectorSpecies;

/** {@link Unpacking} with the Vector API. */
final class VectorUnpacking implements Unpacking {

  static final ByteOrder ORDER = ByteOrder.LITTLE_ENDIAN;
  static final VectorSpecies<Float> FLOATS = Lanes.SPECIES;
  static final VectorSpecies<Integer> INTS = IntVector.SPECIES_PREFERRED;
  static final VectorSpecies<Short> SHORTS = ShortVector.SPECIES_PREFERRED;

  private static final VectorSpecies<Short> HALVES =
      VectorSpecies.of(short.class, VectorShape.forBitSize(SHORTS.vectorBitSize() / 2));

  private final QuantizedMatrix w;
  private final long tile;
  private final int width;
  private final WeightTile group;

  VectorUnpacking(QuantizedMatrix w, long tile, int width) {
    this.w = w;
    this.tile = tile;
    this.width = width;
    group = new WeightTile(w);
  }

  /** Numbers of a vector's rows, as words. */
  static ShortVector words(long at) {
    return ShortVector.fromMemorySegment(SHORTS, ALL, at, ORDER);
  }

  static FloatVector floats(IntVector x) {
    return (FloatVector) x.convert(VectorOperators.I2F, 0);
  }

  /** As {@link QuantizedMatrix#scales}, for finite ones. */
  static void scales(QuantizedMatrix w, long group, boolean least, float[] to) {
    var form = w.form;
    if (form.wide() || form.chunk() != form.unit()) {
      w.scales(group, least, to);
    } else {
      halves(group + (least ? form.scalesBytes(w.columns) : 0), to);
    }
  }

  /** Numbers of float16, as many as there is room for: whole vectors of them. */
  static void halves(long from, float[] to) {
    for (int i = 0; i < to.length; i += Lanes.COUNT) {
      half(from + 2L * i).intoArray(to, i);
    }
  }

  /** Their bits in a float32 are too small by 2 to the difference of biases. */
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
    group.read(number);
    for (int j = 0; j < w.columns; j++) {
      for (int lane = 0; lane < PackedForm.ROWS; lane += Lanes.COUNT) {
        int scale = j / w.form.unit() * PackedForm.ROWS + lane;
        number(j * PackedForm.ROWS + lane, scale)
            .intoMemorySegment(ALL, tile + ((long) j * width + column + lane) * Float.BYTES, ORDER);
      }
    }
  }

  private FloatVector number(int at, int scale) {
    var q = FloatVector.fromArray(FLOATS, group.numbers(), at).sub(w.form.offset());
    var value = q.mul(FloatVector.fromArray(FLOATS, group.scales(), scale));
    return w.form.least() ? value.add(FloatVector.fromArray(FLOATS, group.least(), scale)) : value;
  }
}
