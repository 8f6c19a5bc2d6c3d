package inkstone.tensor;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class MakingTest {

  private Scope scope;

  @BeforeEach
  void open() {
    scope = Scope.open();
  }

  @AfterEach
  void close() {
    scope.close();
  }

  @Test
  void fromArrays() {
    var floats = Tensor.of(new float[] {1.5f, -2, Float.NaN, Float.POSITIVE_INFINITY}, 2, 2);
    assertEquals("FLOAT32[2, 2]", floats.toString());
    assertArrayEquals(
        new float[] {1.5f, -2, Float.NaN, Float.POSITIVE_INFINITY}, floats.toFloats());
    var longs = Tensor.of(new long[] {Long.MIN_VALUE, Long.MAX_VALUE}, 2);
    assertEquals("INT64[2]", longs.toString());
    assertArrayEquals(new long[] {Long.MIN_VALUE, Long.MAX_VALUE}, longs.toLongs());
    assertArrayEquals(new long[] {-3, 4}, Tensor.of(new int[] {-3, 4}, 2).toLongs());
  }

  @Test
  void withoutAShapeAnArrayIsARowAndOneNumberASingleOne() {
    assertArrayEquals(new long[] {3}, Tensor.of(new float[3]).shape());
    assertArrayEquals(new long[] {}, Tensor.of(new float[] {4}).shape());
    assertArrayEquals(new long[] {2}, Tensor.of(new long[2]).shape());
  }

  @Test
  void theArrayIsCopied() {
    var values = new float[] {1, 2};
    var tensor = Tensor.of(values, 2);
    values[0] = 9;
    assertArrayEquals(new float[] {1, 2}, tensor.toFloats());
    tensor.toFloats()[1] = 9;
    assertArrayEquals(new float[] {1, 2}, tensor.toFloats());
  }

  @Test
  void holdingNothing() {
    var empty = Tensor.of(new float[0], 0, 3);
    assertEquals(0, empty.count());
    assertEquals(2, empty.rank());
    assertArrayEquals(new float[0], empty.toFloats());
    assertArrayEquals(new long[0], Tensor.of(new long[0]).toLongs());
    empty.read(memory -> assertEquals(0, memory.byteSize()));
    assertArrayEquals(new long[0], Tensor.range(3, 3, Device.CPU).toLongs());
  }

  @Test
  void zerosFullAndRange() {
    var zeros = Tensor.zeros(DType.BFLOAT16, Device.CPU, 2, 1);
    assertEquals("BFLOAT16[2, 1]", zeros.toString());
    assertArrayEquals(new float[2], zeros.toFloats());
    assertArrayEquals(
        new float[] {-0.5f, -0.5f}, Tensor.full(-0.5, DType.FLOAT16, Device.CPU, 2).toFloats());
    assertEquals(0.1, Tensor.full(0.1, DType.FLOAT64, Device.CPU).item());
    assertArrayEquals(new long[] {-2, -1, 0, 1}, Tensor.range(-2, 2, Device.CPU).toLongs());
    assertEquals("INT64[4]", Tensor.range(-2, 2, Device.CPU).toString());
  }

  @Test
  void whatATensorTellsOfItself() {
    var x = Tensor.zeros(DType.INT32, Device.CPU, 2, 3, 4);
    assertArrayEquals(new long[] {2, 3, 4}, x.shape());
    assertEquals(3, x.rank());
    assertEquals(24, x.count());
    assertEquals(2, x.size(0));
    assertEquals(4, x.size(2));
    assertEquals(4, x.size(-1));
    assertEquals(2, x.size(-3));
    assertEquals(DType.INT32, x.dtype());
    assertEquals(Device.CPU, x.device());
    assertEquals("INT32[]", x.sum().to(DType.INT32).toString());
    x.close();
    assertEquals("a closed tensor", x.toString());
    x.close();
  }

  @Test
  void item() {
    assertEquals(2.5, Tensor.of(new float[] {2.5f}, 1, 1).item());
    assertEquals(1, Tensor.of(new float[] {1}).to(DType.BOOL).item());
    assertEquals(1.5, Tensor.of(new float[] {1.5f}).to(DType.BFLOAT16).item());
  }

  @ParameterizedTest
  @EnumSource(value = DType.class, mode = EnumSource.Mode.EXCLUDE, names = "UINT16")
  void everyTypeHoldsAndConverts(DType type) {
    var x = Tensor.of(new float[] {0, 1, 1}, 3).to(type);
    assertEquals(type, x.dtype());
    assertArrayEquals(new float[] {0, 1, 1}, x.toFloats());
    assertArrayEquals(new long[] {0, 1, 1}, x.toLongs());
    x.read(memory -> assertEquals(3L * type.bytes(), memory.byteSize()));
    var bytes = new ArrayList<byte[]>();
    x.read(memory -> bytes.add(memory.toArray(ValueLayout.JAVA_BYTE)));
    var again = Tensor.of(MemorySegment.ofArray(bytes.getFirst()), type, 3);
    assertEquals(type, again.dtype());
    assertArrayEquals(new float[] {0, 1, 1}, again.toFloats());
  }

  /** To the nearest, and of two equally near to the even one: as the hardware's rounding. */
  @Test
  void bfloat16RoundsToTheNearestEven() {
    var values = new float[] {1 + 1 / 256f, 1 + 3 / 256f, 1 + 1 / 200f, 3.0e38f, 1e-40f};
    var expected = new float[values.length];
    for (int i = 0; i < values.length; i++) {
      int bits = Float.floatToRawIntBits(values[i]);
      bits += 0x7FFF + ((bits >>> 16) & 1);
      expected[i] = Float.intBitsToFloat(bits & 0xFFFF0000);
    }
    assertArrayEquals(expected, Tensor.of(values, values.length).to(DType.BFLOAT16).toFloats());
    assertEquals(1, expected[0]);
  }

  @Test
  void readingGoesRowByRowWhateverTheLayout() {
    var turned = Tensor.of(new float[] {1, 2, 3, 4, 5, 6}, 2, 3).transpose(0, 1);
    var seen = new ArrayList<float[]>();
    turned.read(memory -> seen.add(memory.toArray(ValueLayout.JAVA_FLOAT)));
    assertArrayEquals(new float[] {1, 4, 2, 5, 3, 6}, seen.getFirst());
    assertArrayEquals(new float[] {1, 4, 2, 5, 3, 6}, turned.toFloats());
    turned.select(1, 1).read(memory -> seen.add(memory.toArray(ValueLayout.JAVA_FLOAT)));
    assertArrayEquals(new float[] {4, 5, 6}, seen.getLast());
  }

  @Test
  void whatIsReadCannotBeChangedNorKept() {
    var x = Tensor.of(new float[] {1, 2}, 2);
    var kept = new ArrayList<MemorySegment>();
    x.read(kept::add);
    assertTrue(kept.getFirst().isReadOnly());
    assertFalse(kept.getFirst().scope().isAlive());
    assertThrows(IllegalStateException.class, () -> kept.getFirst().get(ValueLayout.JAVA_FLOAT, 0));
  }

  @Test
  void aTensorThatIsRecordedCanBeReadAsWell() {
    var x = Tensor.of(new float[] {1, 2}, 2).requiresGrad(true);
    assertArrayEquals(new float[] {2, 4}, x.mul(2).toFloats());
    assertArrayEquals(new long[] {1, 2}, x.toLongs());
  }

  @Test
  void theEngineTellsItsVersionAndThreads() {
    assertTrue(Engine.version().matches("libtorch \\d+\\.\\d+\\.\\d+"), Engine.version());
    int before = Engine.threads();
    try {
      Engine.threads(1);
      assertEquals(1, Engine.threads());
    } finally {
      Engine.threads(before);
    }
    var error = assertThrows(TensorException.class, () -> Engine.threads(0)).getMessage();
    assertEquals("threads: 0 is not a number of threads; give 1 or more", error);
  }
}
