package inkstone.tensor;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.util.Arrays;
import java.util.Optional;
import java.util.function.Function;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What our kernels make of bfloat16: libtorch's conversions, and float64 compositions beside. */
class Bfloat16Test {

  /** Half the distance of two neighbours is 2^-9 of a number; sums and steps between add to it. */
  private static final double ROUNDING = 0.012;

  private final java.util.Random random = Plain.random();
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
  void everyOneIsWidenedAndNarrowedBack() {
    var all = new short[1 << 16];
    for (int i = 0; i < all.length; i++) {
      all[i] = (short) i;
    }
    var wide = new float[all.length];
    Bfloat16.widen(all, 0, wide, 0, all.length);
    var back = new short[all.length];
    Bfloat16.narrow(wide, 0, back, 0, all.length);
    for (int i = 0; i < all.length; i++) {
      assertEquals(i << 16, Float.floatToRawIntBits(wide[i]), "widened " + i);
      assertEquals(Float.isNaN(wide[i]) ? 0x7fc0 : all[i], back[i], "narrowed " + i);
    }
  }

  /** At odd places and lengths, so that vectors and single numbers both have their share. */
  @Test
  void roundsAsLibtorchDoes() {
    var x = new float[10_007];
    for (int i = 0; i < x.length; i++) {
      x[i] = Float.intBitsToFloat(random.nextInt());
      x[i] = Float.isNaN(x[i]) ? i : x[i];
    }
    x[5] = Float.POSITIVE_INFINITY;
    x[6] = Float.MAX_VALUE;
    x[7] = Float.intBitsToFloat(0x3f808000); // a tie, down
    x[8] = Float.intBitsToFloat(0x3f818000); // a tie, up
    var expected = Tensor.of(x, x.length).to(DType.BFLOAT16).to(DType.FLOAT32).toFloats();
    var narrow = new short[x.length + 3];
    Bfloat16.narrow(x, 1, narrow, 3, x.length - 1);
    var actual = new float[x.length];
    Bfloat16.widen(narrow, 3, actual, 1, x.length - 1);
    assertArrayEquals(
        Arrays.copyOfRange(expected, 1, x.length), Arrays.copyOfRange(actual, 1, x.length));
  }

  /** A kernel of bfloat16 beside a composition of the same numbers in float64, both directions. */
  private void same(
      Function<Tensor[], Tensor> kernel, Function<Tensor[], Tensor> plain, Plain... inputs) {
    var given = new Tensor[inputs.length];
    var exact = new Tensor[inputs.length];
    for (int i = 0; i < inputs.length; i++) {
      var half = inputs[i].tensor().to(DType.BFLOAT16);
      given[i] = half.detach().requiresGrad(true);
      exact[i] = half.to(DType.FLOAT64).detach().requiresGrad(true);
    }
    var result = kernel.apply(given);
    assertEquals(DType.BFLOAT16, result.dtype());
    var expected = plain.apply(exact);
    Plain.of(expected).assertSame(result, ROUNDING);
    var weights = Plain.random(random, expected.shape()).tensor().to(DType.BFLOAT16);
    expected.mul(weights.to(DType.FLOAT64)).sum().backward();
    result.mul(weights).to(DType.FLOAT32).sum().backward();
    for (int i = 0; i < inputs.length; i++) {
      Plain.of(exact[i].grad().orElseThrow())
          .assertSame(given[i].grad().orElseThrow(), 2 * ROUNDING);
    }
  }

  @Test
  void kernelsWithinTheRounding() {
    same(
        x -> Functions.swiGlu(x[0]),
        x -> Functions.composedSwiGlu(x[0]),
        Plain.random(random, 5, 64));
    same(
        x -> Functions.rmsNorm(x[0], x[1], 1e-5),
        x -> Functions.composedRmsNorm(x[0], x[1], 1e-5),
        Plain.random(random, 6, 32),
        Plain.random(random, 32));
    var cos = Plain.random(random, 7, 1, 4).tensor().to(DType.BFLOAT16);
    var sin = Plain.random(random, 7, 1, 4).tensor().to(DType.BFLOAT16);
    same(
        x -> Functions.rotary(x[0], cos, sin),
        x -> Functions.composedRotary(x[0], cos.to(DType.FLOAT64), sin.to(DType.FLOAT64), 3),
        Plain.random(random, 7, 3, 8));
  }

  @ParameterizedTest
  @CsvSource({
    "2, 1, 5, 4, 0",
    "4, 2, 33, 24, 0",
    "2, 2, 70, 16, 9", // Vector API
    "1, 1, 1, 32, 0",
    "4, 2, 64, 64, 0",
    "2, 1, 70, 32, 9",
    "2, 2, 300, 64, 0", // machine code
    "2, 2, 600, 32, 300",
    "1, 1, 257, 96, 256",
    "6, 3, 31, 128, 0"
  })
  void attentionWithinTheRounding(int heads, int keyHeads, int tokens, int dim, int window) {
    var mask = AttentionMask.CAUSAL.window(window);
    same(
        x -> AttentionPaths.kernel(x[0], x[1], x[2], mask),
        x -> AttentionPaths.composed(x[0], x[1], x[2], mask, 0, 0),
        Plain.random(random, 2, heads, tokens, dim),
        Plain.random(random, 2, keyHeads, tokens, dim),
        Plain.random(random, 2, keyHeads, tokens, dim));
  }

  /** Fewer queries than keys, with and without order, and documents that part the keys. */
  @ParameterizedTest
  @CsvSource({
    "33, 90, true, 0",
    "5, 400, true, 37",
    "70, 300, false, 0",
    "300, 300, true, 41",
    "65, 65, false, 13",
    "64, 256, true, 64"
  })
  void attentionOverMoreKeys(int queries, int keys, boolean causal, int document) {
    var numbers = new long[2 * keys];
    for (int i = 0; i < numbers.length; i++) {
      numbers[i] = document == 0 ? 0 : i % keys / document;
    }
    var mask = causal ? AttentionMask.CAUSAL : AttentionMask.NONE;
    var parted = document == 0 ? mask : mask.documents(Tensor.of(numbers, 2, keys));
    same(
        x -> AttentionPaths.kernel(x[0], x[1], x[2], parted),
        x -> AttentionPaths.composed(x[0], x[1], x[2], parted, 0, 0),
        Plain.random(random, 2, 2, queries, 64),
        Plain.random(random, 2, 1, keys, 64),
        Plain.random(random, 2, 1, keys, 64));
  }

  private static Tensor half(Plain x) {
    return x.tensor().to(DType.BFLOAT16);
  }

  @ParameterizedTest
  @CsvSource({"3, 4, 2, 40, 32, 0", "2, 2, 2, 300, 64, 100", "2, 3, 1, 20, 24, 0"})
  void attentionOfAProjection(
      int sequences, int heads, int keyHeads, int length, int dim, int window) {
    var mask = AttentionMask.CAUSAL.window(window);
    same(
        x -> Functions.attention(x[0], heads, sequences, mask, 0, 0),
        x -> AttentionPaths.parted(x[0], heads, sequences, mask, 0, 0),
        Plain.random(random, sequences * length, heads + 2 * keyHeads, dim));
  }

  /** Scores whose exponentials overflow and vanish, and one that is no number. */
  @Test
  void attentionOfExtremeScores() {
    var query = half(Plain.random(random, 1, 1, 300, 32).map(v -> 60 * v));
    var key = half(Plain.random(random, 1, 1, 300, 32));
    var value = half(Plain.random(random, 1, 1, 300, 32));
    var exact = DType.FLOAT64;
    var mask = AttentionMask.CAUSAL;
    var expected =
        AttentionPaths.composed(query.to(exact), key.to(exact), value.to(exact), mask, 0, 0);
    Plain.of(expected).assertSame(AttentionPaths.kernel(query, key, value, mask), ROUNDING);
    var q = Plain.random(random, 1, 1, 40, 32).tensor().to(DType.BFLOAT16);
    var values = Plain.random(random, 1, 1, 40, 32).tensor().toFloats();
    values[32 * 39] = Float.NaN; // the last key
    var k = Tensor.of(values, 1, 1, 40, 32).to(DType.BFLOAT16);
    var mixed = AttentionPaths.kernel(q, k, q, mask).to(DType.FLOAT32).toFloats();
    assertTrue(Float.isFinite(mixed[38 * 32]));
    assertTrue(Float.isNaN(mixed[39 * 32]));
  }

  /** In whole rounds of machine code, and in a number that leaves some over. */
  @ParameterizedTest
  @CsvSource({"1, 32", "3, 48", "70, 512", "5, 7"})
  void geluWithinTheRounding(int rows, int width) {
    same(
        x -> Functions.geluTanh(x[0]),
        x -> Functions.composedGeluTanh(x[0]),
        Plain.random(random, rows, width).map(v -> 4 * v));
  }

  @Test
  void geluFarOut() {
    float[] x = new float[32];
    Arrays.fill(x, 0, 8, -1e4f);
    Arrays.fill(x, 8, 16, 1e4f);
    Arrays.fill(x, 16, 24, Float.NaN);
    var given = Tensor.of(x, 32).to(DType.BFLOAT16).detach().requiresGrad(true);
    var y = Functions.geluTanh(given);
    y.narrow(0, 0, 16).sum().backward();
    var values = y.to(DType.FLOAT32).toFloats();
    var slopes = given.grad().orElseThrow().to(DType.FLOAT32).toFloats();
    assertEquals(0, values[0], 0f);
    assertEquals(9984, values[8]); // the neighbour of 10,000 in bfloat16
    assertTrue(Float.isNaN(values[16]));
    assertEquals(0, values[31]);
    assertEquals(0, slopes[0], 0f);
    assertEquals(1, slopes[8], 0f);
  }

  private static Tensor wide(Tensor x, Tensor weight, Optional<Tensor> bias) {
    return Functions.kernelLinear(x, weight, bias);
  }

  /** Also in more rows than one piece has. */
  @ParameterizedTest
  @CsvSource({"1, 1, 1", "3, 8, 5", "1500, 3, 2"})
  void linearWithinTheRounding(int rows, int in, int out) {
    same(
        x -> wide(x[0], x[1], Optional.empty()),
        x -> Functions.linear(x[0], x[1], Optional.empty()),
        Plain.random(random, rows, in).map(v -> v / Math.sqrt(rows)),
        Plain.random(random, out, in));
    same(
        x -> wide(x[0], x[1], Optional.of(x[2])),
        x -> Functions.linear(x[0], x[1], Optional.of(x[2])),
        Plain.random(random, 2, rows, in).map(v -> v / Math.sqrt(rows)),
        Plain.random(random, out, in),
        Plain.random(random, out));
  }

  /** By machine code, where it runs: one block of rows and tokens, and several, whole or not. */
  @ParameterizedTest
  @CsvSource({"64, 32, 32", "136, 64, 96", "520, 224, 160", "1032, 32, 320"})
  void linearByMachineCode(int rows, int in, int out) {
    var x = Plain.random(random, rows, in);
    var weight = Plain.random(random, out, in).map(v -> v / Math.sqrt(rows));
    assumeTrue(MachineCode.runs(MachineCode.DOT_BFLOAT16), "a CPU without products of bfloat16");
    assertTrue(Bfloat16Linear.takes(rows, in, out));
    same(
        t -> Functions.halfLinear(t[0], t[1], Optional.empty()),
        t -> Functions.composedLinear(t[0], t[1], Optional.empty()),
        x.map(v -> v / Math.sqrt(out)),
        weight);
    same(
        t -> Functions.halfLinear(t[0], t[1], Optional.of(t[2])),
        t -> Functions.composedLinear(t[0], t[1], Optional.of(t[2])),
        Plain.random(random, 2, rows / 2, in).map(v -> v / Math.sqrt(rows * out)),
        weight,
        Plain.random(random, out).map(v -> v / rows));
  }

  /** Float32 weights gather unrounded, over several passes, and the same whatever the threads. */
  @Test
  void machineCodeGathersWholeGradients() {
    assumeTrue(MachineCode.runs(MachineCode.DOT_BFLOAT16), "a CPU without products of bfloat16");
    var x = half(Plain.random(random, 1040, 32));
    var slopes = half(Plain.random(random, 1040, 160));
    var exact = slopes.to(DType.FLOAT64).transpose(0, 1).matmul(x.to(DType.FLOAT64));
    var start = Plain.random(random, 160, 32).tensor().to(DType.FLOAT32);
    float[] first = null;
    for (int threads : new int[] {1, 2, 3}) {
      int before = Engine.threads();
      Engine.threads(threads);
      try {
        var weight = start.detach().copy().requiresGrad(true);
        for (int pass = 1; pass <= 2; pass++) {
          Functions.halfLinear(x, weight, Optional.empty()).mul(slopes).sum().backward();
          Plain.of(exact.mul(pass)).assertSame(weight.grad().orElseThrow(), 1e-4);
        }
        var gathered = weight.grad().orElseThrow().toFloats();
        first = first == null ? gathered : first;
        assertArrayEquals(first, gathered);
      } finally {
        Engine.threads(before);
      }
    }
  }

  /** What holds nothing goes around machine code, whose loops run once at least. */
  @Test
  void nothingComesOfNothing() {
    var none = Tensor.zeros(DType.BFLOAT16, Device.CPU, 0, 32);
    assertEquals(0, Functions.geluTanh(none).count());
    assertFalse(Bfloat16Linear.takes(256, 0, 32));
    assertFalse(Bfloat16Linear.takes(256, 32, 0));
    assertFalse(Bfloat16Linear.takes(0, 32, 32));
    var q = Tensor.zeros(DType.BFLOAT16, Device.CPU, 1, 1, 3, 32);
    var keys = Tensor.zeros(DType.BFLOAT16, Device.CPU, 1, 1, 0, 32);
    var mixed = Functions.attention(q, keys, keys, AttentionMask.NONE, 0);
    assertArrayEquals(new long[] {1, 1, 3, 32}, mixed.shape());
  }

  /** Shapes that do not fill its tiles, and few rows, go another way. */
  @Test
  void machineCodeTakesWholeTiles() {
    assertFalse(Bfloat16Linear.fits(248, 64, 64));
    assertFalse(Bfloat16Linear.takes(260, 64, 64));
    assertFalse(Bfloat16Linear.takes(256, 48, 64));
    assertFalse(Bfloat16Linear.takes(256, 64, 48));
    boolean better = MachineCode.runs(MachineCode.DOT_BFLOAT16) && !MachineCode.hasTiles();
    assertEquals(better, Bfloat16Linear.fits(256, 64, 32));
  }

  /** What float32 weights gather is not rounded, and adds up over several passes. */
  @Test
  void gradientsOfFloat32WeightsAreWhole() {
    var x = Plain.random(random, 40, 6).tensor().to(DType.BFLOAT16);
    var weight = Plain.random(random, 4, 6).tensor().to(DType.FLOAT32).requiresGrad(true);
    var slopes = Plain.random(random, 40, 4).tensor().to(DType.BFLOAT16);
    for (int pass = 1; pass <= 2; pass++) {
      wide(x, weight, Optional.empty()).mul(slopes).to(DType.FLOAT32).sum().backward();
      var exact = slopes.to(DType.FLOAT64).transpose(0, 1).matmul(x.to(DType.FLOAT64)).mul(pass);
      Plain.of(exact).assertSame(weight.grad().orElseThrow(), 2e-6);
    }
  }

  /** Whichever way this CPU takes. */
  @Test
  void networksMixBfloat16WithFloat32Weights() {
    var x = Plain.random(random, 3, 6).tensor().to(DType.BFLOAT16);
    var weight = Plain.random(random, 4, 6).tensor().to(DType.BFLOAT16);
    var bias = Plain.random(random, 4).tensor().to(DType.BFLOAT16);
    var expected =
        Functions.linear(
            x.to(DType.FLOAT64), weight.to(DType.FLOAT64), Optional.of(bias.to(DType.FLOAT64)));
    var actual = Functions.linear(x, weight.to(DType.FLOAT32), Optional.of(bias.to(DType.FLOAT32)));
    assertEquals(DType.BFLOAT16, actual.dtype());
    Plain.of(expected).assertSame(actual, ROUNDING);
    for (var wrong : new long[][] {{4, 5}, {6}, {4, 6, 1}}) {
      var bad = Tensor.zeros(DType.BFLOAT16, Device.CPU, wrong);
      assertThrows(TensorException.class, () -> Functions.linear(x, bad, Optional.empty()));
    }
  }
}
