package inkstone.tensor;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;

import java.util.function.DoubleBinaryOperator;
import java.util.function.DoubleUnaryOperator;
import java.util.function.UnaryOperator;
import java.util.stream.LongStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class ArithmeticTest {

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

  private interface Binary {
    Tensor apply(Tensor left, Tensor right);
  }

  /** A shape that broadcasts with {@code shape}: dimensions cut off in front, others made 1. */
  private long[] broadcastable(long... shape) {
    var kept = LongStream.of(shape).skip(random.nextInt(shape.length + 1));
    return kept.map(size -> random.nextBoolean() ? size : 1).toArray();
  }

  private void binary(Binary actual, DoubleBinaryOperator expected) {
    for (int round = 0; round < 20; round++) {
      var shape = Plain.shape(random);
      var left = Plain.random(random, shape);
      var right = Plain.random(random, broadcastable(shape)).map(v -> v + Math.copySign(0.1, v));
      left.zip(right, expected).assertSame(actual.apply(left.tensor(), right.tensor()));
      left.zip(left, expected).assertSame(actual.apply(left.tensor(), left.tensor()));
    }
    // Both sides are repeated.
    var column = Plain.random(random, 3, 1);
    var row = Plain.random(random, 1, 4);
    column.zip(row, expected).assertSame(actual.apply(column.tensor(), row.tensor()));
    assertArrayEquals(
        new long[] {0, 4},
        actual.apply(Plain.random(random, 0, 4).tensor(), Plain.random(random, 4).tensor()).shape(),
        "of nothing comes nothing");
  }

  @Test
  void sumsDifferencesProductsAndQuotientsBroadcast() {
    binary(Tensor::add, (a, b) -> a + b);
    binary(Tensor::sub, (a, b) -> a - b);
    binary(Tensor::mul, (a, b) -> a * b);
    binary(Tensor::div, (a, b) -> a / b);
  }

  private void unary(UnaryOperator<Tensor> actual, DoubleUnaryOperator expected) {
    for (int round = 0; round < 8; round++) {
      var x = Plain.random(random, Plain.shape(random));
      x.map(expected).assertSame(actual.apply(x.tensor()));
    }
  }

  @Test
  void elementByElement() {
    unary(x -> x.mul(-1.75), v -> v * -1.75);
    unary(x -> x.add(-1.75), v -> v - 1.75);
    unary(Tensor::tanh, Math::tanh);
    unary(Tensor::exp, Math::exp);
    unary(Tensor::cos, Math::cos);
    unary(Tensor::sin, Math::sin);
    unary(x -> x.mul(x).log(), v -> Math.log(v * v));
    assertEquals(Double.NEGATIVE_INFINITY, Tensor.of(new float[] {0}, 1).log().item());
    assertEquals(Double.NaN, Tensor.of(new float[] {-1}, 1).log().item());
  }

  @Test
  void sumAndMeanOfAllElements() {
    for (int round = 0; round < 20; round++) {
      var x = Plain.random(random, Plain.shape(random));
      var sum = x.tensor().sum();
      assertEquals(0, sum.rank());
      assertEquals(x.sum(), sum.item(), 1e-12);
      assertEquals(x.sum() / x.values().length, x.tensor().mean().item(), 1e-12);
    }
    assertEquals(0, Tensor.zeros(DType.FLOAT32, Device.CPU, 0).sum().item());
    assertEquals(Double.NaN, Tensor.zeros(DType.FLOAT32, Device.CPU, 0).mean().item());
    assertEquals(10, Tensor.range(0, 5, Device.CPU).sum().item());
  }

  @Test
  void argmaxFindsTheLargestAlongADimension() {
    var x = Tensor.of(new float[] {1, 9, 3, 7, 5, 6}, 2, 3);
    assertArrayEquals(new long[] {1, 0}, x.argmax(-1).toLongs());
    assertArrayEquals(new long[] {1, 0}, x.argmax(1).toLongs());
    assertArrayEquals(new long[] {1, 0, 1}, x.argmax(0).toLongs());
    assertEquals(DType.INT64, x.argmax(0).dtype());
    assertArrayEquals(new long[] {3}, x.argmax(0).shape());
  }

  @Test
  void matrixProductsBroadcastOverTheDimensionsInFront() {
    for (int round = 0; round < 10; round++) {
      long n = 1 + random.nextInt(6);
      long inner = 1 + random.nextInt(6);
      long m = 1 + random.nextInt(6);
      var a = Plain.random(random, 3, 1, n, inner);
      var b = Plain.random(random, 2, inner, m);
      var product =
          Plain.build(
              at -> {
                double sum = 0;
                for (int k = 0; k < inner; k++) {
                  sum += a.at(at[0], 0, at[2], k) * b.at(at[1], k, at[3]);
                }
                return sum;
              },
              3,
              2,
              n,
              m);
      product.assertSame(a.tensor().matmul(b.tensor()));
    }
    assertEquals(
        32, Tensor.of(new float[] {1, 2, 3}, 3).matmul(Tensor.of(new float[] {4, 5, 6}, 3)).item());
  }

  @Test
  void inPlaceChangesAndReturnsThisTensor() {
    for (int round = 0; round < 10; round++) {
      var shape = Plain.shape(random);
      var x = Plain.random(random, shape);
      var y = Plain.random(random, broadcastable(shape));
      var tensor = x.tensor();
      var other = tensor.detach();
      assertSame(tensor, tensor.addInPlace(y.tensor(), -0.5));
      x.zip(y, (a, b) -> a - 0.5 * b).assertSame(tensor);
      x.zip(y, (a, b) -> a - 0.5 * b).assertSame(other);
      assertSame(tensor, tensor.mulInPlace(4));
      x.zip(y, (a, b) -> 4 * (a - 0.5 * b)).assertSame(other);
      assertSame(tensor, tensor.copyInPlace(y.tensor()));
      x.zip(y, (a, b) -> b).assertSame(other);
    }
  }

  @Test
  void copyInPlaceConverts() {
    var ids = Tensor.zeros(DType.INT64, Device.CPU, 2);
    ids.copyInPlace(Tensor.of(new float[] {2.9f, -2.9f}, 2));
    assertArrayEquals(new long[] {2, -2}, ids.toLongs());
    assertEquals(DType.INT64, ids.dtype());
  }

  /** bfloat16 keeps 8 bits: a result is off by at most 2^-8 of its size, for inputs that fit. */
  @Test
  void bfloat16IsRight() {
    var x = Plain.random(random, 7, 5);
    var y = Plain.random(random, 7, 5);
    var left = x.tensor().to(DType.BFLOAT16);
    var right = y.tensor().to(DType.BFLOAT16);
    var a = Plain.of(left);
    var b = Plain.of(right);
    double rounding = 1.0 / 256;
    a.zip(b, (p, q) -> p + q).assertSame(left.add(right), rounding);
    a.zip(b, (p, q) -> p * q).assertSame(left.mul(right), rounding);
    a.zip(b, (p, q) -> p / q).assertSame(left.div(right), rounding);
    a.map(Math::exp).assertSame(left.exp(), rounding);
    a.map(Math::tanh).assertSame(left.tanh(), rounding);
    assertEquals(DType.BFLOAT16, left.add(right).dtype());
    var c = Plain.of(right);
    Plain.build(
            at -> {
              double sum = 0;
              for (int k = 0; k < 5; k++) {
                sum += a.at(at[0], k) * c.at(at[1], k);
              }
              return sum;
            },
            7,
            7)
        .assertSame(left.matmul(right.transpose(0, 1)), 2 * rounding);
  }

  @Test
  void typesMeetInTheWiderOne() {
    var ids = Tensor.range(0, 3, Device.CPU);
    var half = Tensor.full(0.5, DType.FLOAT32, Device.CPU, 3);
    assertEquals(DType.FLOAT32, ids.add(half).dtype());
    assertEquals(DType.FLOAT64, half.to(DType.FLOAT64).mul(half).dtype());
    assertArrayEquals(new float[] {0, 1.5f, 3}, ids.mul(1.5).toFloats());
  }
}
