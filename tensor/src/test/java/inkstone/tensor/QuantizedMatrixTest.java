package inkstone.tensor;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.lang.foreign.MemorySegment;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.function.UnaryOperator;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/** The blocks' own numbers are those of {@link Dequantization}, which GgufTest holds to ggml's. */
class QuantizedMatrixTest {

  private static final long SEED = 20261123;

  private final Random random = new Random(SEED);

  /** Blocks of random bits, whose float16 numbers are small. */
  private byte[] blocks(GgufType type, int rows, int columns) {
    var bytes = new byte[rows * (columns / type.blockElements()) * type.blockBytes()];
    random.nextBytes(bytes);
    int[] halves =
        switch (type) {
          case Q4_1, Q5_1, Q4_K, Q5_K -> new int[] {0, 2};
          case Q6_K -> new int[] {208};
          default -> new int[] {0};
        };
    for (int at = 0; at < bytes.length; at += type.blockBytes()) {
      for (int half : halves) {
        short bits = Float.floatToFloat16((random.nextFloat() - 0.3f) / 16);
        bytes[at + half] = (byte) bits;
        bytes[at + half + 1] = (byte) (bits >> 8);
      }
    }
    return bytes;
  }

  private static QuantizedMatrix matrix(GgufType type, int rows, int columns, byte[] blocks) {
    int row = blocks.length / rows;
    return QuantizedMatrix.of(
        type,
        rows,
        columns,
        i -> MemorySegment.ofArray(blocks).asSlice((long) i * row, row).asReadOnly());
  }

  private QuantizedMatrix matrix(GgufType type, int rows, int columns) {
    return matrix(type, rows, columns, blocks(type, rows, columns));
  }

  private Tensor input(long... shape) {
    var values = new float[(int) (shape[0] * shape[1])];
    for (int i = 0; i < values.length; i++) {
      values[i] = (float) random.nextGaussian();
    }
    return Tensor.of(values, shape);
  }

  @ParameterizedTest
  @EnumSource(names = {"Q8_0", "Q4_0", "Q4_1", "Q5_0", "Q5_1", "Q4_K", "Q5_K", "Q6_K"})
  void numbersAreThoseOfTheFile(GgufType type) {
    for (int rows : new int[] {1, 8, 37}) {
      var bytes = blocks(type, rows, 512);
      var expected = new float[rows * 512];
      Dequantization.run(type, MemorySegment.ofArray(bytes), MemorySegment.ofArray(expected));
      try (var scope = Scope.open();
          var matrix = matrix(type, rows, 512, bytes)) {
        assertArrayEquals(expected, matrix.dequantized().toFloats(), 0, "seed " + SEED);
        long[] ids = {rows - 1, 0, rows / 2};
        var some = Functions.embedding(List.of(matrix), Tensor.of(ids, 3)).toFloats();
        for (int i = 0; i < some.length; i++) {
          assertEquals(expected[(int) ids[i / 512] * 512 + i % 512], some[i]);
        }
      }
    }
  }

  /** Every way to the same product: float32 by tiles, and in whole numbers. */
  @ParameterizedTest
  @EnumSource(names = {"Q8_0", "Q4_0", "Q4_1", "Q5_0", "Q5_1", "Q4_K", "Q5_K", "Q6_K"})
  void productsAreOne(GgufType type) {
    for (int rows : new int[] {5, 64, 2051}) {
      try (var scope = Scope.open();
          var first = matrix(type, rows, 256);
          var second = matrix(type, 24, 256)) {
        var parts = List.of(first, second);
        var x = input(3, 256);
        var exact = ways(x, parts).composed();
        float size = largest(exact);
        assertArrayEquals(exact.toFloats(), ways(x, parts).tiles().toFloats(), 1e-5f * size);
        var whole = ways(x, parts).kernel();
        assertArrayEquals(
            ways(rounded(x), parts).composed().toFloats(),
            whole.toFloats(),
            2e-5f * size,
            "seed " + SEED);
        assertArrayEquals(exact.toFloats(), whole.toFloats(), 0.02f * size);
        assertFalse(java.util.Arrays.equals(exact.toFloats(), whole.toFloats()));
      }
    }
  }

  /** Machine code gives the numbers of the Vector API, bit for bit, whatever the shapes. */
  @ParameterizedTest
  @EnumSource(names = {"Q8_0", "Q4_0", "Q4_1", "Q5_0", "Q5_1", "Q4_K", "Q5_K"})
  void machineCodeGivesTheSameNumbers(GgufType type) {
    for (int out : new int[] {1, 17, 32, 83}) {
      try (var scope = Scope.open();
          var first = matrix(type, out, 512);
          var second = matrix(type, 24, 512)) {
        var parts = List.of(first, second);
        assumeTrue(DotKernel.takes(parts));
        for (int rows : new int[] {1, 2, 6, 7, 13, 25}) {
          var x = input(rows, 512).mul(new double[] {1, 1e-30, 1e-37}[random.nextInt(3)]);
          var added = Optional.of(input(rows, out + 24L));
          var bias = Optional.of(input(1, out + 24L).reshape(out + 24L));
          var plain = ways(x, parts);
          var shifted = new QuantizedLinear(Before.NOTHING, x, parts, bias, added);
          for (var way : List.of(plain, shifted)) {
            assertArrayEquals(
                way.kernel().toFloats(),
                way.machine().toFloats(),
                0,
                "%d rows of %d, seed %d".formatted(rows, out, SEED));
          }
        }
      }
    }
  }

  /** Scales of other than 32 columns go by the Vector API. */
  @Test
  void whatMachineCodeDoesNotTake() {
    try (var k = matrix(GgufType.Q6_K, 32, 256)) {
      assertFalse(DotKernel.takes(List.of(k)));
    }
  }

  /** A row's numbers do not hang on how many others come with it, nor on which kernel took them. */
  @ParameterizedTest
  @EnumSource(names = {"Q8_0", "Q4_0", "Q4_1", "Q5_0", "Q5_1", "Q4_K", "Q5_K", "Q6_K"})
  void aRowIsTheSameAmongOthers(GgufType type) {
    for (int out : new int[] {5, 40, 83}) {
      try (var scope = Scope.open();
          var first = matrix(type, out, 512);
          var second = matrix(type, 24, 512)) {
        var parts = List.of(first, second);
        var x = input(67, 512);
        var added = Optional.of(input(67, out + 24L));
        var bias = Optional.of(input(1, out + 24L).reshape(out + 24L));
        var alone = new float[67][];
        for (int i = 0; i < alone.length; i++) {
          var one = added.map(row(i));
          alone[i] =
              new QuantizedLinear(Before.NOTHING, x.narrow(0, i, 1), parts, bias, one)
                  .kernel()
                  .toFloats();
        }
        for (int rows : new int[] {2, 3, 4, 5, 9, 16, 67}) {
          var some = added.map(a -> a.narrow(0, 0, rows));
          var together =
              new QuantizedLinear(Before.NOTHING, x.narrow(0, 0, rows), parts, bias, some).kernel();
          for (int i = 0; i < rows; i++) {
            assertArrayEquals(
                alone[i], together.select(0, i).toFloats(), 0, "row %d of %d".formatted(i, rows));
          }
        }
      }
    }
  }

  private static UnaryOperator<Tensor> row(int i) {
    return x -> x.narrow(0, i, 1);
  }

  private static QuantizedLinear ways(Tensor x, List<QuantizedMatrix> weight) {
    return new QuantizedLinear(Before.NOTHING, x, weight, Optional.empty(), Optional.empty());
  }

  /** What goes before and after in the same step. */
  @Test
  void fusedIsComposed() {
    try (var scope = Scope.open();
        var matrix = matrix(GgufType.Q8_0, 40, 64)) {
      var bias = Optional.of(input(1, 40).reshape(40));
      for (int rows : new int[] {1, 3, 20}) {
        var added = Optional.of(input(rows, 40));
        var norm = new Before.RmsNorm(input(1, 64).reshape(64), 1e-5);
        for (var before : List.of(Before.NOTHING, Before.SWIGLU, norm)) {
          var x = input(rows, 64L * before.times());
          var parts = List.of(matrix);
          var exact = new QuantizedLinear(before, x, parts, bias, added).composed();
          var fused = Functions.linear(before, x, parts, bias, added);
          assertArrayEquals(exact.toFloats(), fused.toFloats(), 0.02f * largest(exact));
          var seen = rounded(before.apply(x));
          assertArrayEquals(
              new QuantizedLinear(Before.NOTHING, seen, parts, bias, added).composed().toFloats(),
              fused.toFloats(),
              1e-2f * largest(exact));
        }
      }
    }
  }

  private static float largest(Tensor x) {
    float most = 0;
    for (float each : x.toFloats()) {
      most = Math.max(most, Math.abs(each));
    }
    return most;
  }

  /** What the kernel sees of its inputs. */
  private static Tensor rounded(Tensor x) {
    var values = x.toFloats();
    for (int block = 0; block < values.length; block += 32) {
      float most = 0;
      for (int i = block; i < block + 32; i++) {
        most = Math.max(most, Math.abs(values[i]));
      }
      for (int i = block; i < block + 32; i++) {
        values[i] = (float) Math.rint(values[i] * (1 / (most / 127))) * (most / 127);
      }
    }
    return Tensor.of(values, x.shape());
  }

  /** The largest numbers that 8 bits hold, all of one sign: no sum may overflow. */
  @ParameterizedTest
  @CsvSource({"Q8_0, 127", "Q8_0, -128", "Q4_0, -1", "Q4_1, -1", "Q6_K, 0", "Q6_K, -1"})
  void theLargestNumbersDoNotOverflow(GgufType type, int fill) {
    var bytes = blocks(type, 8, 256);
    for (int i = 0; i < bytes.length; i++) {
      int at = i % type.blockBytes();
      boolean number =
          switch (type) {
            case Q4_1 -> at >= 4;
            case Q6_K -> at < 192;
            default -> at >= 2;
          };
      bytes[i] = number ? (byte) fill : bytes[i];
    }
    try (var scope = Scope.open();
        var matrix = matrix(type, 8, 256, bytes)) {
      for (double each : new double[] {1, -1}) {
        var x = Tensor.full(each, DType.FLOAT32, Device.CPU, 1, 256);
        var exact = ways(x, List.of(matrix)).composed();
        assertArrayEquals(
            exact.toFloats(),
            ways(x, List.of(matrix)).kernel().toFloats(),
            1e-4f * Math.max(1, largest(exact)));
      }
    }
  }

  @Test
  void zerosAndBiasesAndOtherTypes() {
    try (var scope = Scope.open();
        var matrix = matrix(GgufType.Q4_1, 40, 64)) {
      var parts = List.of(matrix);
      var zero = Tensor.zeros(DType.FLOAT32, Device.CPU, 2, 64);
      assertArrayEquals(new float[80], ways(zero, parts).kernel().toFloats());
      var bias = input(1, 40).reshape(40);
      var shifted = Functions.linear(zero.reshape(2, 1, 64), parts, Optional.of(bias));
      assertArrayEquals(new long[] {2, 1, 40}, shifted.shape());
      assertArrayEquals(bias.toFloats(), shifted.select(0, 1).toFloats());
      for (int rows : new int[] {8, 9}) {
        var x = input(rows, 64);
        var half = Functions.linear(x.to(DType.BFLOAT16), parts, Optional.of(bias));
        assertEquals(DType.BFLOAT16, half.dtype());
        var exact = ways(x, parts).composed().add(bias);
        assertArrayEquals(exact.toFloats(), half.toFloats(), 0.05f * largest(exact));
      }
    }
  }

  @Test
  void whatDoesNotFitIsRefused() {
    assertFalse(QuantizedMatrix.keeps(GgufType.Q8_0, 48));
    assertFalse(QuantizedMatrix.keeps(GgufType.Q4_K, 288));
    assertFalse(QuantizedMatrix.keeps(GgufType.Q8_0, 0));
    assertFalse(QuantizedMatrix.keeps(GgufType.F32, 64));
    assertTrue(QuantizedMatrix.keeps(GgufType.Q8_0, 96));
    assertThrows(TensorException.class, () -> matrix(GgufType.Q8_0, 1, 48, new byte[51]));
    try (var scope = Scope.open();
        var matrix = matrix(GgufType.Q8_0, 8, 64)) {
      var parts = List.of(matrix);
      for (Runnable wrong :
          List.<Runnable>of(
              () -> Functions.linear(input(2, 32), parts, Optional.empty()),
              () -> Functions.linear(input(2, 64), List.of(), Optional.empty()),
              () -> Functions.linear(input(2, 64), parts, Optional.of(input(1, 8))),
              () -> Functions.linear(input(2, 64).requiresGrad(true), parts, Optional.empty()),
              () -> Functions.embedding(parts, Tensor.of(new long[] {8}, 1)),
              () -> Functions.embedding(parts, Tensor.of(new long[] {-1}, 1)))) {
        assertThrows(TensorException.class, wrong::run);
      }
    }
  }

  @Test
  void memoryIsOneTensorAndAboutTheSizeOfTheBlocks() {
    long before = Tensor.live();
    try (var matrix = matrix(GgufType.Q4_0, 64, 1024)) {
      assertEquals(before + 1, Tensor.live());
      assertEquals(64 * 32 * 18, matrix.bytes(), 64);
      for (int i = 0; i < 3; i++) {
        Scope.run(() -> Functions.linear(input(1, 1024), List.of(matrix), Optional.empty()));
      }
      assertEquals(before + 1, Tensor.live());
    }
    assertEquals(before, Tensor.live());
  }

  @Test
  void manyThreadsUseOneMatrix() {
    try (var scope = Scope.open();
        var matrix = matrix(GgufType.Q8_0, 256, 256)) {
      var x = input(1, 256);
      var alone = ways(x, List.of(matrix)).kernel().toFloats();
      IntStream.range(0, 64)
          .parallel()
          .forEach(
              i ->
                  Scope.run(
                      () ->
                          assertArrayEquals(alone, ways(x, List.of(matrix)).kernel().toFloats())));
    }
  }
}
