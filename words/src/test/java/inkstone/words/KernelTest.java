package inkstone.words;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Both ways to compute a round, held to its formula in double precision. */
class KernelTest {

  private static final int ROWS = 12;

  /** Sigmoids come from a table, 0.0015 off at most; a number is moved by some ten of them. */
  private static final double TABLE = 2e-2;

  /** Rows, inputs and outputs of one round, drawn by a seed. */
  private record Case(
      int stride, int n, float[] in, int[] inputs, float[] out, int[] outputs, float[] labels) {

    static Case of(long seed, int stride, int m, int n) {
      var random = new Random(seed);
      var in = numbers(random, ROWS * stride);
      var out = numbers(random, (ROWS + 1) * stride);
      java.util.Arrays.fill(out, ROWS * stride, out.length, 0);
      var inputs = random.ints(m, 0, ROWS).map(row -> row * stride).toArray();
      var outputs = new int[Kernel.OUTPUTS];
      var labels = new float[Kernel.OUTPUTS];
      for (int k = 0; k < Kernel.OUTPUTS; k++) {
        outputs[k] = k < n ? random.nextInt(ROWS) * stride : ROWS * stride;
        labels[k] = k < n ? random.nextInt(2) : 0;
      }
      return new Case(stride, n, in, inputs, out, outputs, labels);
    }

    private static float[] numbers(Random random, int count) {
      var numbers = new float[count];
      for (int i = 0; i < count; i++) {
        numbers[i] = (float) random.nextGaussian() * 0.4f;
      }
      return numbers;
    }

    /** What the formula says, in double; an input that stands twice is moved twice. */
    double[][] expected(double rate) {
      var inAfter = doubles(in);
      var outAfter = doubles(out);
      var steps = new double[inputs.length][n];
      for (int i = 0; i < inputs.length; i++) {
        for (int k = 0; k < n; k++) {
          double dot = 0;
          for (int d = 0; d < stride; d++) {
            dot += (double) in[inputs[i] + d] * out[outputs[k] + d];
          }
          double clamped = Math.max(-6, Math.min(6, dot));
          steps[i][k] = rate * (labels[k] - 1 / (1 + Math.exp(-clamped)));
        }
      }
      for (int d = 0; d < stride; d++) {
        for (int i = 0; i < inputs.length; i++) {
          double x = inAfter[inputs[i] + d];
          for (int k = 0; k < n; k++) {
            inAfter[inputs[i] + d] += steps[i][k] * out[outputs[k] + d];
            outAfter[outputs[k] + d] += steps[i][k] * x;
          }
        }
      }
      return new double[][] {inAfter, outAfter};
    }

    private static double[] doubles(float[] numbers) {
      var doubles = new double[numbers.length];
      for (int i = 0; i < numbers.length; i++) {
        doubles[i] = numbers[i];
      }
      return doubles;
    }
  }

  private static void check(Kernel kernel, Case c, double rate, String message) {
    var expected = c.expected(rate);
    var in = c.in().clone();
    var out = c.out().clone();
    kernel.round(
        in,
        c.inputs(),
        c.inputs().length,
        out,
        c.outputs(),
        0,
        c.labels(),
        c.n(),
        c.stride(),
        (float) rate,
        true);
    for (int i = 0; i < in.length; i++) {
      assertEquals(expected[0][i], in[i], TABLE * rate, message + ", in " + i);
    }
    for (int i = 0; i < out.length; i++) {
      assertEquals(expected[1][i], out[i], TABLE * rate, message + ", out " + i);
    }
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void aRoundIsItsFormula(boolean vectors) {
    long seed = Long.getLong("test.seed", 5);
    var random = new Random(seed);
    for (int turn = 0; turn < 300; turn++) {
      int m = 1 + random.nextInt(10);
      int n = 1 + random.nextInt(Kernel.OUTPUTS);
      int stride = VectorKernel.LANES * (1 + random.nextInt(5));
      var c = Case.of(random.nextLong(), stride, m, n);
      var kernel = vectors ? new VectorKernel(10) : new PlainKernel(10);
      check(kernel, c, 0.05, "seed %d, turn %d".formatted(seed, turn));
    }
  }

  @Test
  void zerosThatFillARoundUpStayZero() {
    var c = Case.of(3, VectorKernel.LANES, 4, 2);
    check(new VectorKernel(4), c, 0.1, "seed 3");
    var out = c.out().clone();
    new VectorKernel(4)
        .round(
            c.in().clone(),
            c.inputs(),
            4,
            out,
            c.outputs(),
            0,
            c.labels(),
            2,
            c.stride(),
            1f,
            false);
    for (int d = 0; d < c.stride(); d++) {
      assertEquals(0f, out[ROWS * c.stride() + d]);
    }
  }

  @Test
  void theSameNumbersComeOutBeforeAndAfterTheCompilerStepsIn() {
    var c = Case.of(9, 13 * VectorKernel.LANES, 6, 6);
    var kernel = new VectorKernel(6);
    var first = new float[Kernel.OUTPUTS];
    for (int turn = 0; turn < 30_000; turn++) {
      kernel.dots(c.in(), c.inputs()[0], c.out(), c.outputs(), 0, c.stride());
      if (turn == 0) {
        System.arraycopy(kernel.dots, 0, first, 0, first.length);
      }
    }
    org.junit.jupiter.api.Assertions.assertArrayEquals(first, kernel.dots);
  }

  @Test
  void meansAndDifferencesAreThoseOfPlainJava() {
    int stride = 3 * VectorKernel.LANES;
    var c = Case.of(11, stride, 7, 6);
    var plain = new float[2 * stride];
    var fast = new float[2 * stride];
    new PlainKernel(7).mean(c.in(), c.inputs(), 7, plain, stride, stride);
    new VectorKernel(7).mean(c.in(), c.inputs(), 7, fast, stride, stride);
    for (int d = 0; d < 2 * stride; d++) {
      assertEquals(plain[d], fast[d], 1e-6);
    }
    var first = c.in().clone();
    var second = c.in().clone();
    new PlainKernel(7).addDifference(first, c.inputs(), 7, c.out(), 0, stride, stride);
    new VectorKernel(7).addDifference(second, c.inputs(), 7, c.out(), 0, stride, stride);
    for (int i = 0; i < first.length; i++) {
      assertEquals(first[i], second[i], 1e-5);
    }
  }

  @Test
  void theLossIsTheNegativeLogarithm() {
    var kernel = new PlainKernel(1);
    // A dot product of 0.5 that should be near, and one of -2 that should not.
    var in = new float[] {1};
    var out = new float[] {0.5f, -2, 0};
    int[] outputs = {0, 1, 2, 2, 2, 2};
    kernel.round(in, new int[] {0}, 1, out, outputs, 0, new float[] {1, 0}, 2, 1, 0, true);
    double expected = (Math.log(1 + Math.exp(-0.5)) + Math.log(1 + Math.exp(-2))) / 2;
    assertEquals(expected, kernel.takeLoss(), 1e-7);
    assertTrue(Double.isNaN(kernel.takeLoss()));
  }

  /** The worked example of docs/guide/words.md. */
  @Test
  void theStepOfTheGuide() {
    var in = new float[] {0.4f, 0.2f};
    var out = new float[] {0.5f, 0.1f, 0.3f, -0.2f, 0, 0};
    int[] outputs = {0, 2, 4, 4, 4, 4};
    new PlainKernel(1)
        .round(in, new int[] {0}, 1, out, outputs, 0, new float[] {1, 0}, 2, 2, 0.025f, false);
    // The table of sigmoids has steps of 6/512, at most 0.0015 beside the function.
    org.junit.jupiter.api.Assertions.assertArrayEquals(
        new float[] {0.401665f, 0.203713f}, in, 4e-5f);
    org.junit.jupiter.api.Assertions.assertArrayEquals(
        new float[] {0.504452f, 0.102226f, 0.2948f, -0.2026f, 0, 0}, out, 4e-5f);
  }

  @Test
  void sigmoidEndsAtSix() {
    assertEquals(1 / (1 + Math.exp(-6)), Kernel.sigmoid(100), 1e-6);
    assertEquals(1 / (1 + Math.exp(6)), Kernel.sigmoid(-100), 1e-6);
    assertEquals(1 / (1 + Math.exp(6)), Kernel.sigmoid(Float.NaN), 1e-6);
    assertEquals(0.5, Kernel.sigmoid(0), 1e-6);
    for (float x = -6; x < 6; x += 0.01f) {
      assertEquals(1 / (1 + Math.exp(-x)), Kernel.sigmoid(x), 1.6e-3);
    }
  }
}
