package inkstone.tensor;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.Optional;
import java.util.stream.DoubleStream;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Each function against its formula in plain Java. */
class FunctionsTest {

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
  void linear() {
    for (int round = 0; round < 10; round++) {
      long in = 1 + random.nextInt(6);
      long out = 1 + random.nextInt(6);
      var x = Plain.random(random, 2, 3, in);
      var weight = Plain.random(random, out, in);
      var bias = Plain.random(random, out);
      var product =
          Plain.build(
              i -> {
                double sum = 0;
                for (int k = 0; k < in; k++) {
                  sum += x.at(i[0], i[1], k) * weight.at(i[2], k);
                }
                return sum;
              },
              2,
              3,
              out);
      product.assertSame(Functions.linear(x.tensor(), weight.tensor(), Optional.empty()));
      product
          .zip(bias, Double::sum)
          .assertSame(Functions.linear(x.tensor(), weight.tensor(), Optional.of(bias.tensor())));
      product
          .zip(bias, Double::sum)
          .assertSame(
              Functions.linear(
                  x.tensor().to(DType.FLOAT32),
                  weight.tensor().to(DType.FLOAT32),
                  Optional.of(bias.tensor().to(DType.FLOAT32))),
              1e-5);
    }
  }

  @Test
  void embeddingTakesRows() {
    var weight = Plain.random(random, 5, 3);
    var ids = Tensor.of(new long[] {4, 0, 4, 2}, 2, 2);
    Plain.build(i -> weight.at(new long[] {4, 0, 4, 2}[(int) (i[0] * 2 + i[1])], i[2]), 2, 2, 3)
        .assertSame(Functions.embedding(weight.tensor(), ids));
    assertArrayEquals(
        new long[] {0, 3}, Functions.embedding(weight.tensor(), Tensor.of(new long[0], 0)).shape());
  }

  private static double rowMean(Plain x, long row, boolean squares) {
    long width = x.shape()[1];
    double sum = 0;
    for (int k = 0; k < width; k++) {
      sum += squares ? x.at(row, k) * x.at(row, k) : x.at(row, k);
    }
    return sum / width;
  }

  @Test
  void layerNorm() {
    for (int round = 0; round < 10; round++) {
      var x = Plain.random(random, 1 + random.nextInt(4), 1 + random.nextInt(9));
      var weight = Plain.random(random, x.shape()[1]);
      var bias = Plain.random(random, x.shape()[1]);
      double epsilon = 0.01;
      var expected =
          Plain.build(
              i -> {
                double mean = rowMean(x, i[0], false);
                double variance = rowMean(x, i[0], true) - mean * mean;
                return (x.at(i) - mean) / Math.sqrt(variance + epsilon) * weight.at(i[1]);
              },
              x.shape());
      expected.assertSame(
          Functions.layerNorm(x.tensor(), weight.tensor(), Optional.empty(), epsilon), 1e-9);
      expected
          .zip(bias, Double::sum)
          .assertSame(
              Functions.layerNorm(x.tensor(), weight.tensor(), Optional.of(bias.tensor()), epsilon),
              1e-9);
    }
  }

  @Test
  void rmsNorm() {
    for (int round = 0; round < 10; round++) {
      var x = Plain.random(random, 1 + random.nextInt(4), 1 + random.nextInt(9));
      var weight = Plain.random(random, x.shape()[1]);
      Plain.build(
              i -> x.at(i) / Math.sqrt(rowMean(x, i[0], true) + 0.01) * weight.at(i[1]), x.shape())
          .assertSame(Functions.rmsNorm(x.tensor(), weight.tensor(), 0.01));
    }
  }

  /** The error function by Simpson's rule over 2,000 pieces. */
  private static double erf(double x) {
    int pieces = 2000;
    double step = x / pieces;
    double inner =
        IntStream.range(1, pieces)
            .mapToDouble(i -> (i % 2 == 0 ? 2 : 4) * Math.exp(-i * step * (i * step)))
            .sum();
    return 2 / Math.sqrt(Math.PI) * step / 3 * (1 + inner + Math.exp(-x * x));
  }

  @Test
  void activations() {
    var x = Plain.random(random, 4, 9).map(v -> 2 * v);
    x.map(v -> v / 2 * (1 + Math.tanh(Math.sqrt(2 / Math.PI) * (v + 0.044715 * v * v * v))))
        .assertSame(Functions.geluTanh(x.tensor()));
    x.map(v -> v / 2 * (1 + erf(v / Math.sqrt(2)))).assertSame(Functions.gelu(x.tensor()), 1e-9);
    x.map(v -> v / (1 + Math.exp(-v))).assertSame(Functions.silu(x.tensor()));
    for (var zero :
        List.of(
            Functions.geluTanh(Tensor.zeros(DType.FLOAT32, Device.CPU, 1)),
            Functions.gelu(Tensor.zeros(DType.FLOAT32, Device.CPU, 1)),
            Functions.silu(Tensor.zeros(DType.FLOAT32, Device.CPU, 1)))) {
      assertEquals(0, zero.item());
    }
  }

  private static Plain softmaxOf(Plain x) {
    long width = x.shape()[1];
    return Plain.build(
        i -> {
          double sum = 0;
          for (int k = 0; k < width; k++) {
            sum += Math.exp(x.at(i[0], k) - x.at(i));
          }
          return 1 / sum;
        },
        x.shape());
  }

  @Test
  void softCapStaysBelowItsCap() {
    var x = Plain.random(random, 5, 7).map(v -> 20 * v);
    for (double cap : new double[] {0.5, 3, 50}) {
      x.map(v -> cap * Math.tanh(v / cap)).assertSame(Functions.softCap(x.tensor(), cap));
    }
    x.assertSame(Functions.softCap(x.tensor(), 0));
  }

  @Test
  void topKFindsTheLargestOfEachRow() {
    var x = Tensor.of(new float[] {3, 1, 4, 1.5f, 9, 2, 6, 5}, 2, 4);
    assertArrayEquals(new long[] {2, 0, 0, 2}, Functions.topK(x, 2).toLongs());
    assertArrayEquals(new long[] {2, 0, 3, 1, 0, 2, 3, 1}, Functions.topK(x, 4).toLongs());
    assertArrayEquals(new long[] {2, 1}, Functions.topK(x, 1).shape());
    for (int wrong : new int[] {0, -1, 5}) {
      assertEquals(
          "topK of FLOAT32[2, 4]: needs [rows, columns] and 1 to all columns, not " + wrong,
          assertThrows(TensorException.class, () -> Functions.topK(x, wrong)).getMessage());
    }
    assertThrows(TensorException.class, () -> Functions.topK(x.reshape(-1), 1));
  }

  @Test
  void softmaxAndItsLogarithm() {
    var x = Plain.random(random, 3, 7).map(v -> 5 * v);
    softmaxOf(x).assertSame(Functions.softmax(x.tensor()));
    softmaxOf(x).map(Math::log).assertSame(Functions.logSoftmax(x.tensor()), 1e-6);
    var large = Tensor.of(new float[] {1000, 1001, -1000}, 3);
    assertArrayEquals(
        new float[] {0.268941f, 0.731059f, 0}, Functions.softmax(large).toFloats(), 1e-6f);
    assertArrayEquals(
        new float[] {-1.313262f, -0.313262f, -2001.313262f},
        Functions.logSoftmax(large).toFloats(),
        1e-3f);
    // Of bfloat16 too the logarithm is float32, of what was rounded before.
    var narrow = x.tensor().to(DType.BFLOAT16);
    assertEquals(DType.FLOAT32, Functions.logSoftmax(narrow).dtype());
    softmaxOf(Plain.of(narrow)).map(Math::log).assertSame(Functions.logSoftmax(narrow), 1e-6);
    softmaxOf(Plain.of(narrow)).assertSame(Functions.softmax(narrow), 1.0 / 256);
  }

  @Test
  void dropoutZeroesAShareAndScalesTheRest() {
    Random.seed(Plain.SEED);
    int n = 50_000;
    for (double p : new double[] {0.1, 0.5, 0.9}) {
      var dropped = Functions.dropout(Tensor.full(2, DType.FLOAT32, Device.CPU, n), p).toFloats();
      int zeros = 0;
      for (float value : dropped) {
        if (value == 0) {
          zeros++;
        } else {
          assertEquals(2 / (1 - p), value, 1e-5);
        }
      }
      assertEquals(p, (double) zeros / n, 5 * Math.sqrt(p * (1 - p) / n), "seed " + Plain.SEED);
    }
    var x = Tensor.zeros(DType.FLOAT32, Device.CPU, 2);
    assertSame(x, Functions.dropout(x, 0));
  }

  @Test
  void crossEntropyIsTheMeanOfTheRowsThatCount() {
    var x = Plain.random(random, 6, 5);
    var targets = new long[] {4, Functions.IGNORED, 0, 2, Functions.IGNORED, 2};
    var chances = softmaxOf(x);
    double sum = 0;
    for (int row = 0; row < 6; row++) {
      if (targets[row] != Functions.IGNORED) {
        sum -= Math.log(chances.at(row, targets[row]));
      }
    }
    var loss = Functions.crossEntropy(x.tensor(), Tensor.of(targets, 6));
    assertEquals(sum / 4, loss.item(), 1e-6);
    assertEquals(0, loss.rank());
    assertEquals(DType.FLOAT32, loss.dtype());
    var uniform = Tensor.zeros(DType.BFLOAT16, Device.CPU, 1, 256);
    var precise = Functions.crossEntropy(uniform, Tensor.of(new long[] {3}, 1));
    assertEquals(Math.log(256), precise.item(), 1e-6, "bfloat16 logits lose nothing more");
    var none = Tensor.of(new long[] {Functions.IGNORED}, 1);
    assertTrue(Double.isNaN(Functions.crossEntropy(uniform, none).item()), "a mean of no rows");
    // Large logits do not overflow.
    var large = Tensor.of(new float[] {1e4f, 0}, 1, 2);
    assertEquals(1e4, Functions.crossEntropy(large, Tensor.of(new long[] {1}, 1)).item(), 1e-2);
  }

  @Test
  void normIsOverAllTensors() {
    var a = Plain.random(random, 3, 4);
    var b = Plain.random(random, 5);
    double expected = Math.sqrt(DoubleStream.concat(stream(a), stream(b)).map(v -> v * v).sum());
    assertEquals(expected, Functions.norm(List.of(a.tensor(), b.tensor())), 1e-12);
    assertEquals(
        expected,
        Functions.norm(List.of(a.tensor().to(DType.FLOAT32), b.tensor().to(DType.FLOAT32))),
        1e-5);
    assertEquals(0, Functions.norm(List.of()));
    assertEquals(5, Functions.norm(List.of(Tensor.of(new float[] {3, 4}, 2))));
    assertEquals(
        5, Functions.norm(List.of(Tensor.of(new float[] {3}), Tensor.of(new float[] {4}))));
    var ones = Tensor.full(1, DType.BFLOAT16, Device.CPU, 3);
    assertEquals(Math.sqrt(3), Functions.norm(List.of(ones)), 1e-6, "in float32");
  }

  private static DoubleStream stream(Plain x) {
    return DoubleStream.of(x.values());
  }

  @Test
  void adamWFollowsItsFormula() {
    var weight = Plain.random(random, 3, 4);
    var first = Plain.random(random, 3, 4);
    var second = Plain.random(random, 3, 4).map(Math::abs);
    var w = weight.tensor();
    var m = first.tensor();
    var v = second.tensor();
    for (int number = 1; number <= 5; number++) {
      var step = new Functions.AdamWStep(number, 0.01 / number, 0.9, 0.95, 1e-6, 0.1);
      var gradient = Plain.random(random, 3, 4);
      Functions.adamW(w, gradient.tensor(), m, v, step);
      first = first.zip(gradient, (a, g) -> 0.9 * a + 0.1 * g);
      second = second.zip(gradient, (a, g) -> 0.95 * a + 0.05 * g * g);
      double firstBias = 1 - Math.pow(0.9, number);
      double secondBias = 1 - Math.pow(0.95, number);
      double rate = step.learningRate();
      var direction =
          first.zip(second, (a, b) -> a / firstBias / (Math.sqrt(b / secondBias) + 1e-6));
      weight = weight.zip(direction, (a, d) -> a - rate * 0.1 * a - rate * d);
      weight.assertSame(w);
      first.assertSame(m);
      second.assertSame(v);
    }
  }

  @Test
  void adamWInFloat32() {
    var w = Tensor.of(new float[] {1, -2}, 2);
    var zeros = Tensor.zeros(DType.FLOAT32, Device.CPU, 2);
    var step = new Functions.AdamWStep(1, 0.1, 0.9, 0.999, 0, 0);
    Functions.adamW(w, Tensor.of(new float[] {5, -0.01f}, 2), zeros.copy(), zeros.copy(), step);
    // The first step goes one learning rate against the gradient's sign.
    assertArrayEquals(new float[] {0.9f, -1.9f}, w.toFloats(), 1e-6f);
  }
}
