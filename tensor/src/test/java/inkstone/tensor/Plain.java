package inkstone.tensor;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Arrays;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.DoubleBinaryOperator;
import java.util.function.DoubleUnaryOperator;
import java.util.function.ToDoubleFunction;

/** An array in plain Java: what the tensors' results are held against. */
record Plain(double[] values, long... shape) {

  /** All tests draw from this seed; set {@code -Dtest.seed} for another. */
  static final long SEED = Long.getLong("test.seed", 20260731);

  static java.util.Random random() {
    return new java.util.Random(SEED);
  }

  /** Numbers between -2 and 2. */
  static Plain random(java.util.Random random, long... shape) {
    return build(i -> random.nextDouble() * 4 - 2, shape);
  }

  /** Between 0 and 4 dimensions of sizes 1 to 5. */
  static long[] shape(java.util.Random random) {
    return random.longs(random.nextInt(5), 1, 6).toArray();
  }

  static Plain build(ToDoubleFunction<long[]> value, long... shape) {
    var values = new double[Math.toIntExact(Arrays.stream(shape).reduce(1, (a, b) -> a * b))];
    var index = new long[shape.length];
    for (int i = 0; i < values.length; i++) {
      values[i] = value.applyAsDouble(index);
      for (int d = shape.length - 1; d >= 0 && ++index[d] == shape[d]; d--) {
        index[d] = 0;
      }
    }
    return new Plain(values, shape);
  }

  static Plain of(Tensor tensor) {
    var values = new AtomicReference<double[]>();
    var shape = tensor.shape();
    Scope.run(
        () ->
            tensor
                .to(DType.FLOAT64)
                .read(memory -> values.set(memory.toArray(ValueLayout.JAVA_DOUBLE))));
    return new Plain(values.get(), shape);
  }

  /** As float64. */
  Tensor tensor() {
    return Tensor.of(MemorySegment.ofArray(values), DType.FLOAT64, shape);
  }

  double at(long... index) {
    return values[offset(index)];
  }

  Plain with(int position, double value) {
    var changed = values.clone();
    changed[position] = value;
    return new Plain(changed, shape);
  }

  /** Missing dimensions in front, and those of size 1, are repeated. */
  private int offset(long... index) {
    long offset = 0;
    for (int d = 0; d < shape.length; d++) {
      var i = index[index.length - shape.length + d];
      offset = offset * shape[d] + (shape[d] == 1 ? 0 : i);
    }
    return Math.toIntExact(offset);
  }

  Plain map(DoubleUnaryOperator operator) {
    return new Plain(Arrays.stream(values).map(operator).toArray(), shape);
  }

  Plain zip(Plain other, DoubleBinaryOperator operator) {
    int rank = Math.max(shape.length, other.shape.length);
    var whole = new long[rank];
    for (int d = 0; d < rank; d++) {
      whole[d] = Math.max(sizeFromEnd(rank - d), other.sizeFromEnd(rank - d));
    }
    return build(index -> operator.applyAsDouble(at(index), other.at(index)), whole);
  }

  private long sizeFromEnd(int place) {
    return place > shape.length ? 1 : shape[shape.length - place];
  }

  double sum() {
    return Arrays.stream(values).sum();
  }

  void assertSame(Tensor actual, double tolerance) {
    var message = "seed " + SEED;
    assertArrayEquals(shape, actual.shape(), message);
    var values = of(actual).values;
    for (int i = 0; i < values.length; i++) {
      assertEquals(
          this.values[i],
          values[i],
          tolerance * Math.max(1, Math.abs(this.values[i])),
          message + ", element " + i);
    }
  }

  void assertSame(Tensor actual) {
    assertSame(actual, 1e-12);
  }
}
