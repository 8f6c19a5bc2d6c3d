package inkstone.tensor;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Arrays;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicIntegerArray;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Our kernels beside plain compositions of libtorch in float64, both directions. */
class KernelsTest {

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

  private void same(UnaryOperator<Tensor> kernel, UnaryOperator<Tensor> plain, Plain x) {
    same(3e-6, kernel, plain, x);
  }

  private void same(
      double tolerance, UnaryOperator<Tensor> kernel, UnaryOperator<Tensor> plain, Plain x) {
    var exact = x.tensor().requiresGrad(true);
    var expected = plain.apply(exact);
    var weights = Plain.random(random, expected.shape()).tensor();
    expected.mul(weights).sum().backward();
    var given = x.tensor().to(DType.FLOAT32).detach().requiresGrad(true);
    assertTrue(Kernels.take(given));
    var result = kernel.apply(given);
    Plain.of(expected).assertSame(result, tolerance);
    result.mul(weights.to(DType.FLOAT32)).sum().backward();
    Plain.of(exact.grad().orElseThrow()).assertSame(given.grad().orElseThrow(), tolerance);
  }

  /** Sizes of one vector, of several pieces of work, and of none that fits. */
  @ParameterizedTest
  @CsvSource({"1, 16", "3, 32", "5, 7", "70, 1024"})
  void swiGlu(int rows, int width) {
    var x = Plain.random(random, rows, 2 * width).map(v -> 4 * v);
    same(Functions::swiGlu, Functions::composedSwiGlu, x);
  }

  /** One piece of work, several, and a number that leaves some over. */
  @ParameterizedTest
  @CsvSource({"1, 16", "3, 32", "5, 7", "70, 1024"})
  void geluTanh(int rows, int width) {
    var x = Plain.random(random, rows, width).map(v -> 4 * v);
    same(Functions::geluTanh, Functions::composedGeluTanh, x);
  }

  /** Rows that fill vectors and do not, in one chunk and in several, with one that is left out. */
  @ParameterizedTest
  @CsvSource({"5, 16, 0, 0, 0", "7, 65, 0.1, 0, 0", "9, 100, 0, 0.01, 2", "33, 300, 0.2, 0.02, 8"})
  void crossEntropy(int rows, int classes, double smoothing, double zLoss, long chunk) {
    var targets = new long[rows];
    for (int i = 0; i < rows; i++) {
      targets[i] = i == 2 ? Functions.IGNORED : random.nextInt(classes);
    }
    var wanted = Tensor.of(targets, rows);
    var settings = new ChunkedCrossEntropy.Settings(smoothing, zLoss, 0, chunk);
    var x = Plain.random(random, rows, 8);
    var weight = Plain.random(random, classes, 8);
    same(
        1e-5,
        t -> Functions.linearCrossEntropy(t, single(weight.tensor()), wanted, settings),
        t -> Functions.linearCrossEntropy(t, weight.tensor(), wanted, settings),
        x);
    same(
        1e-5,
        w -> Functions.linearCrossEntropy(single(x.tensor()), w, wanted, settings),
        w -> Functions.linearCrossEntropy(x.tensor(), w, wanted, settings),
        weight);
  }

  @Test
  void aTargetThatIsNoClassIsTold() {
    var x = Tensor.zeros(DType.FLOAT32, Device.CPU, 2, 4);
    var weight = Tensor.zeros(DType.FLOAT32, Device.CPU, 3, 4);
    for (long wrong : new long[] {-1, 3}) {
      var targets = Tensor.of(new long[] {0, wrong}, 2);
      var e =
          assertThrows(
              TensorException.class, () -> Functions.linearCrossEntropy(x, weight, targets, 0, 0));
      assertTrue(
          String.valueOf(e.getMessage()).contains("target " + wrong + " is none of 3 classes"),
          e.getMessage());
    }
  }

  @ParameterizedTest
  @CsvSource({"1, 16", "65, 32", "5, 7", "200, 128"})
  void rmsNorm(int rows, int width) {
    var weight = Plain.random(random, width).tensor();
    var x = Plain.random(random, rows, width);
    same(
        t -> Functions.rmsNorm(t, weight.to(DType.FLOAT32), 1e-5),
        t -> Functions.composedRmsNorm(t, weight, 1e-5),
        x);
    same(
        3e-5, // a sum over all rows
        w -> Functions.rmsNorm(x.tensor().to(DType.FLOAT32), w, 1e-5),
        w -> Functions.composedRmsNorm(x.tensor(), w, 1e-5),
        Plain.of(weight));
  }

  /** Rows of a part, of several, and of none that fits; one without a finite number, and worse. */
  @ParameterizedTest
  @CsvSource({"1, 1", "3, 7", "2, 4096", "1, 4097", "2, 20001"})
  void logSumExp(int rows, int width) {
    var x = Plain.random(random, rows, width).map(v -> 20 * v);
    var expected = Functions.composedLogSumExp(x.tensor());
    Plain.of(expected).assertSame(Functions.logSumExp(single(x.tensor())), 3e-6);
    var wide = single(x.tensor().reshape(rows, 1, width)).to(DType.BFLOAT16);
    assertArrayEquals(new long[] {rows, 1}, Functions.logSumExp(wide).shape());
    for (float odd : new float[] {Float.NaN, Float.POSITIVE_INFINITY, Float.NEGATIVE_INFINITY}) {
      var values = new float[width];
      Arrays.fill(values, odd == Float.NEGATIVE_INFINITY ? odd : 1);
      values[width / 2] = odd;
      assertEquals(odd, Functions.logSumExp(Tensor.of(values, 1, width)).toFloats()[0]);
    }
  }

  /** By either argument in turn; small ones go another way where nobody forces them. */
  @ParameterizedTest
  @CsvSource({"1, 1, 1", "32, 6, 5", "100, 40, 3"})
  void linear(int rows, int in, int out) {
    var x = Plain.random(random, 2, rows, in);
    var weight = Plain.random(random, out, in);
    var bias = Plain.random(random, out);
    var w = weight.tensor();
    var b = bias.tensor();
    same(
        1e-5,
        t -> Functions.kernelLinear(t, single(w), Optional.of(single(b))),
        t -> Functions.composedLinear(t, w, Optional.of(b)),
        x);
    same(
        3e-5, // a sum over all rows
        t -> Functions.linear(single(x.tensor()), t, Optional.empty()),
        t -> Functions.composedLinear(x.tensor(), t, Optional.empty()),
        weight);
    same(
        3e-5,
        t -> Functions.linear(single(x.tensor()), single(w), Optional.of(t)),
        t -> Functions.composedLinear(x.tensor(), w, Optional.of(t)),
        bias);
  }

  /** What repeats one number in memory, forward and backward: the gradient of a sum does. */
  @Test
  void linearOfRepeatedNumbers() {
    var weight = Tensor.of(new float[] {1, 2, 3, 4, 5, 6}, 3, 2).requiresGrad(true);
    var x = Tensor.of(new float[] {10, 20}, 1, 2).expand(40, 2).requiresGrad(true);
    var y = Functions.linear(x, weight, Optional.empty());
    y.sum().backward();
    assertEquals(40f * (50 + 110 + 170), y.sum().item(), 1e-3);
    var slope = x.grad().orElseThrow().toFloats();
    var gathered = weight.grad().orElseThrow().toFloats();
    for (int i = 0; i < 6; i++) {
      assertEquals(i % 2 == 0 ? 9 : 12, slope[i], 1e-4f);
      assertEquals(i % 2 == 0 ? 400 : 800, gathered[i], 1e-3f);
    }
  }

  private static Tensor single(Tensor x) {
    return x.to(DType.FLOAT32);
  }

  /** Queries, keys and values in one tensor, beside each for itself. */
  @ParameterizedTest
  @CsvSource({"1, 1, 1, 1, 4, 0", "2, 4, 2, 9, 6, 0", "3, 2, 1, 70, 32, 5"})
  void attentionOfAProjection(
      int sequences, int heads, int keyHeads, int length, int dim, int window) {
    var mask = AttentionMask.CAUSAL.window(window);
    same(
        x -> Functions.attention(x, heads, sequences, mask, 0, 0),
        x -> AttentionPaths.parted(x, heads, sequences, mask, 0, 0),
        Plain.random(random, sequences * length, heads + 2 * keyHeads, dim));
    var capped = Plain.random(random, sequences * length, heads + 2 * keyHeads, dim);
    same(
        x -> Functions.attention(x, heads, sequences, mask, 0, 2),
        x -> AttentionPaths.parted(x, heads, sequences, mask, 0, 2),
        capped);
  }

  @Test
  void whatIsNoProjectionIsTold() {
    var x = Tensor.zeros(DType.FLOAT32, Device.CPU, 6, 4, 8);
    var causal = AttentionMask.CAUSAL;
    for (var bad :
        new Runnable[] {
          () -> Functions.attention(x, 4, 1, causal, 0, 0),
          () -> Functions.attention(x, 0, 1, causal, 0, 0),
          () -> Functions.attention(x, 3, 1, causal, 0, 0),
          () -> Functions.attention(x, 2, 4, causal, 0, 0),
          () -> Functions.attention(x, 2, 0, causal, 0, 0),
          () -> Functions.attention(x.reshape(6, 32), 2, 1, causal, 0, 0),
        }) {
      var e = assertThrows(TensorException.class, bad::run);
      assertTrue(String.valueOf(e.getMessage()).startsWith("attention of"), e.getMessage());
    }
  }

  @ParameterizedTest
  @CsvSource({"1, 1, 2", "3, 2, 6", "70, 3, 32"})
  void rotary(int tokens, int heads, int dim) {
    var cos = Plain.random(random, tokens, 1, dim / 2).tensor();
    var sin = Plain.random(random, tokens, 1, dim / 2).tensor();
    same(
        t -> Functions.rotary(t.narrow(1, 0, heads), cos.to(DType.FLOAT32), sin.to(DType.FLOAT32)),
        t -> Functions.composedRotary(t.narrow(1, 0, heads), cos, sin, heads),
        Plain.random(random, tokens, heads + 2, dim));
    for (int turned = 0; turned <= heads; turned++) {
      long some = turned;
      same(
          t -> Functions.rotary(t, cos.to(DType.FLOAT32), sin.to(DType.FLOAT32), some),
          t -> Functions.composedRotary(t, cos, sin, some),
          Plain.random(random, tokens, heads, dim));
    }
  }

  @Test
  void rotaryNeedsAnAngleForEachPair() {
    var x = Tensor.zeros(DType.FLOAT32, Device.CPU, 2, 1, 4);
    for (var bad : new long[][] {{2, 1, 4}, {1, 1, 2}, {2, 2}}) {
      var angles = Tensor.zeros(DType.FLOAT32, Device.CPU, bad);
      assertThrows(TensorException.class, () -> Functions.rotary(x, angles, angles));
    }
    var odd = Tensor.zeros(DType.FLOAT32, Device.CPU, 2, 1, 3);
    var angle = Tensor.zeros(DType.FLOAT32, Device.CPU, 2, 1, 1);
    assertThrows(TensorException.class, () -> Functions.rotary(odd, angle, angle));
  }

  /** To two units in the last place, and the very limits outside. */
  @Test
  void exponentials() {
    var x = new float[Lanes.COUNT * 20_000];
    for (int i = 0; i < x.length; i++) {
      x[i] = (float) (random.nextDouble() * 174 - 87);
    }
    x[0] = Float.NEGATIVE_INFINITY;
    x[1] = -1e30f;
    x[2] = Float.POSITIVE_INFINITY;
    x[3] = 0;
    var y = x.clone();
    for (int i = 0; i < y.length; i += Lanes.COUNT) {
      Lanes.exp(jdk.incubator.vector.FloatVector.fromArray(Lanes.SPECIES, y, i)).intoArray(y, i);
    }
    assertEquals(0, y[0]);
    assertEquals(0, y[1]);
    assertEquals(Float.POSITIVE_INFINITY, y[2]);
    assertEquals(1, y[3]);
    for (int i = 4; i < y.length; i++) {
      double exact = Math.exp(x[i]);
      assertEquals(exact, y[i], 2 * Math.ulp((float) exact), "e^" + x[i]);
    }
  }

  @Test
  void farOutItIsItsLimits() {
    float[] gates = {-1e4f, -100, -30, 0, 30, 100, 1e4f, 1};
    var both = new float[4 * gates.length];
    for (int i = 0; i < 2 * gates.length; i++) {
      both[i] = gates[i % gates.length];
      both[2 * gates.length + i] = 1;
    }
    var x = Tensor.of(both, 1, both.length).requiresGrad(true);
    var y = Functions.swiGlu(x);
    assertEquals(0, y.toFloats()[0], 0f);
    assertEquals(0, y.toFloats()[1], 0f);
    assertEquals(30, y.toFloats()[4]);
    assertEquals(1e4f, y.toFloats()[6]);
    y.sum().backward();
    var slope = x.grad().orElseThrow().toFloats();
    assertEquals(0, slope[1], 0f);
    assertEquals(0.5f, slope[3]);
    assertEquals(1, slope[5]);
  }

  @Test
  void swiGluNeedsTwoHalves() {
    var e =
        assertThrows(
            TensorException.class,
            () -> Functions.swiGlu(Tensor.zeros(DType.FLOAT32, Device.CPU, 2, 3)));
    assertEquals("swiGlu of FLOAT32[2, 3]: needs [rows, 2 width]", e.getMessage());
  }

  @Test
  void workersDoEveryPieceOnceAndTellOfFailures() {
    for (int pieces : new int[] {1, 2, 3, 100}) {
      var done = new AtomicIntegerArray(pieces);
      Workers.run(pieces, () -> done::incrementAndGet);
      for (int i = 0; i < pieces; i++) {
        assertEquals(1, done.get(i));
      }
    }
    assertThrows(
        RuntimeException.class,
        () ->
            Workers.run(
                50,
                () ->
                    i -> {
                      throw new IllegalStateException("piece " + i);
                    }));
    Workers.run(0, () -> i -> {});
  }
}
