package inkstone.tensor;

import static inkstone.tensor.Assembler.Register.*;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import inkstone.tensor.Assembler.Condition;
import inkstone.tensor.Assembler.Zmm;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.List;
import java.util.Random;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;

/** Functions made of our instructions give what the same in plain Java gives. */
class MachineCodeTest {

  private static final long SEED = 20261128;
  private static final int LANES = 16;

  private final Random random = new Random(SEED);

  /** Runs code that finds inputs of 64 bytes each at RDI, and leaves its result in vector 0. */
  private static float[] run(byte[] inputs, Consumer<Assembler> body) {
    assumeTrue(MachineCode.runs(MachineCode.DOT_BYTES));
    var code = new Assembler();
    body.accept(code);
    code.storeVector(Assembler.at(RDI, inputs.length), 0).giveBack();
    try (var arena = Arena.ofConfined()) {
      var memory = arena.allocate(inputs.length + 64L, 64);
      MemorySegment.copy(inputs, 0, memory, ValueLayout.JAVA_BYTE, 0, inputs.length);
      MachineCode.of(code.bytes()).orElseThrow().call(memory.address());
      return memory.asSlice(inputs.length).toArray(ValueLayout.JAVA_FLOAT);
    }
  }

  private byte[] bytes(int vectors) {
    var bytes = new byte[64 * vectors];
    random.nextBytes(bytes);
    return bytes;
  }

  private static byte[] bytes(float[] x) {
    var memory = MemorySegment.ofArray(new byte[4 * x.length]);
    MemorySegment.copy(x, 0, memory, ValueLayout.JAVA_FLOAT_UNALIGNED, 0, x.length);
    return memory.toArray(ValueLayout.JAVA_BYTE);
  }

  private float[] floats(int vectors) {
    var x = new float[LANES * vectors];
    for (int i = 0; i < x.length; i++) {
      x[i] = (float) random.nextGaussian();
    }
    return x;
  }

  @Test
  void productsOfBytesAreExact() {
    var bytes = bytes(2);
    var expected = new float[LANES];
    for (int i = 0; i < 64; i++) {
      expected[i / 4] += (bytes[i] & 0xFF) * bytes[64 + i];
    }
    var whole =
        run(
            bytes,
            code ->
                code.zero(1)
                    .loadVector(2, Assembler.at(RDI, 0))
                    .dotBytes(1, 2, Assembler.at(RDI, 64))
                    .toFloat(0, new Zmm(1)));
    assertArrayEquals(expected, whole, "seed " + SEED);
    var same =
        run(
            bytes,
            code ->
                code.zero(1)
                    .loadVector(18, Assembler.at(RDI, 0))
                    .dotBytes(1, 18, Assembler.at(RDI, 64).each())
                    .toFloat(0, new Zmm(1)));
    int first = 0;
    for (int i = 0; i < 4; i++) {
      first += (bytes[60 + i] & 0xFF) * bytes[64 + i];
    }
    assertEquals(first, same[LANES - 1]);
  }

  /** Products of bfloat16 numbers are exact in float32, and two of them are added with care. */
  @Test
  void productsOfBfloat16() {
    assumeTrue(MachineCode.runs(MachineCode.DOT_BFLOAT16));
    var x = floats(4);
    var sums =
        run(
            bytes(x),
            code ->
                code.zero(0)
                    .loadVector(1, Assembler.at(RDI, 64))
                    .narrow(1, 1, Assembler.at(RDI, 0))
                    .loadVector(2, Assembler.at(RDI, 192))
                    .narrow(2, 2, Assembler.at(RDI, 128))
                    .dotBfloat16(0, 1, new Zmm(2)));
    for (int i = 0; i < LANES; i++) {
      double sum = 0;
      for (int j = 2 * i; j < 2 * i + 2; j++) {
        sum += (double) narrowed(x[j]) * narrowed(x[32 + j]);
      }
      assertEquals(sum, sums[i], 1e-6 * Math.max(1, Math.abs(sum)), "seed " + SEED);
    }
  }

  private static float narrowed(float x) {
    int bits = Float.floatToRawIntBits(x);
    return Float.intBitsToFloat(bits + 0x7FFF + (bits >> 16 & 1) & 0xFFFF_0000);
  }

  @Test
  void arithmeticIsJavas() {
    var x = floats(3);
    var sum =
        run(
            bytes(x),
            code ->
                code.loadVector(0, Assembler.at(RDI, 0))
                    .loadVector(31, Assembler.at(RDI, 64))
                    .multiplyAdd(0, 31, Assembler.at(RDI, 128)));
    var quotient =
        run(
            bytes(x),
            code -> code.loadVector(9, Assembler.at(RDI, 0)).divide(0, 9, Assembler.at(RDI, 64)));
    for (int i = 0; i < LANES; i++) {
      assertEquals(Math.fma(x[LANES + i], x[2 * LANES + i], x[i]), sum[i]);
      assertEquals(x[i] / x[LANES + i], quotient[i]);
    }
  }

  /** Loops, jumps over code, and masks. */
  @Test
  void controlAndMasks() {
    var x = floats(1);
    var sums =
        run(
            bytes(x),
            code -> {
              code.zero(0).zero(3).subtract(RCX, RCX).add(RCX, 5);
              code.subtract(RDX, RDX).add(RDX, 0b0101).mask(1, RDX);
              code.loadVector(3, Assembler.at(RDI, 0), 1);
              int again = code.here();
              code.add(0, 0, new Zmm(3)).subtract(RCX, 1).jump(Condition.UNEQUAL, again);
              code.compare(RDX, 5).skip(Condition.EQUAL, () -> code.zero(0));
            });
    for (int i = 0; i < LANES; i++) {
      float each = i == 0 || i == 2 ? x[i] : 0;
      assertEquals(each + each + each + each + each, sums[i]);
    }
  }

  @Test
  void whatTheCpuLacksDoesNotRun() {
    assertFalse(MachineCode.runs(List.of("avx512f", "no-such-unit")));
  }
}
