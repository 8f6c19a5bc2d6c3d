package inkstone.tensor;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import jdk.incubator.vector.ByteVector;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorOperators;
import jdk.incubator.vector.VectorShape;
import jdk.incubator.vector.VectorSpecies;

/** Reads numbers of pages as float32, with memory of its own to widen them in. */
final class PageReader {

  private static final VectorSpecies<Float> FLOATS = Lanes.SPECIES;
  private static final int LEAST_BITS = 64;

  /** As many bytes as there are lanes; where there is no vector so short, a plain loop. */
  private static final boolean SHORT = FLOATS.vectorBitSize() / Float.BYTES >= LEAST_BITS;

  private static final VectorSpecies<Byte> BYTES =
      VectorSpecies.of(
          byte.class,
          VectorShape.forBitSize(Math.max(LEAST_BITS, FLOATS.vectorBitSize() / Float.BYTES)));

  private final KvType type;
  private final short[] halves;
  private final byte[] bytes;

  /** For at most {@code most} numbers at once. */
  PageReader(KvType type, int most) {
    this.type = type;
    halves = new short[type == KvType.BFLOAT16 ? most : 0];
    bytes = new byte[type == KvType.INT8 ? most : 0];
  }

  /** Copies {@code count} numbers, a multiple of a strip; bytes without their factors. */
  void read(MemorySegment memory, long at, float[] to, int count) {
    switch (type) {
      case FLOAT32 ->
          MemorySegment.copy(memory, ValueLayout.JAVA_FLOAT, at * Float.BYTES, to, 0, count);
      case BFLOAT16 -> {
        MemorySegment.copy(memory, ValueLayout.JAVA_SHORT, at * Short.BYTES, halves, 0, count);
        Bfloat16.widen(halves, 0, to, 0, count);
      }
      case INT8 -> {
        MemorySegment.copy(memory, ValueLayout.JAVA_BYTE, at, bytes, 0, count);
        widen(bytes, to, count);
      }
    }
  }

  private static void widen(byte[] from, float[] to, int count) {
    if (SHORT) {
      for (int i = 0; i < count; i += FLOATS.length()) {
        var signed =
            ByteVector.fromArray(BYTES, from, i)
                .lanewise(VectorOperators.XOR, (byte) KvPage.OFFSET)
                .convertShape(VectorOperators.B2F, FLOATS, 0);
        ((FloatVector) signed).intoArray(to, i);
      }
      return;
    }
    for (int i = 0; i < count; i++) {
      to[i] = (byte) (from[i] ^ KvPage.OFFSET);
    }
  }
}
