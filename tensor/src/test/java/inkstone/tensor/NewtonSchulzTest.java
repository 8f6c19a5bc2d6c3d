package inkstone.tensor;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Matrices whose singular vectors and values are known: only the values may change, each alone. */
class NewtonSchulzTest {

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

  /** What five steps make of one singular value; the coefficients as the paper prints them. */
  private static double five(double x) {
    for (int i = 0; i < 5; i++) {
      x = 3.4445 * x - 4.775 * Math.pow(x, 3) + 2.0315 * Math.pow(x, 5);
    }
    return x;
  }

  /** An orthogonal matrix: a reflection (Householder, 1958). */
  private Tensor orthogonal(int size) {
    var v = Plain.random(random, size);
    double square = v.map(x -> x * x).sum();
    return Plain.build(
            i -> (i[0] == i[1] ? 1 : 0) - 2 * v.at(i[0]) * v.at(i[1]) / square, size, size)
        .tensor();
  }

  private static Tensor diagonal(double[] values, int rows, int columns) {
    return Plain.build(i -> i[0] == i[1] ? values[(int) i[0]] : 0, rows, columns).tensor();
  }

  @ParameterizedTest
  @CsvSource({"1, 1", "1, 7", "7, 1", "5, 5", "4, 9", "9, 4", "64, 48"})
  void onlySingularValuesChange(int rows, int columns) {
    var values = random.doubles(Math.min(rows, columns), 0.1, 3).toArray();
    double norm = Math.sqrt(java.util.Arrays.stream(values).map(x -> x * x).sum());
    var expected = java.util.Arrays.stream(values).map(x -> five(x / norm)).toArray();
    var left = orthogonal(rows);
    var right = orthogonal(columns);
    var x = left.matmul(diagonal(values, rows, columns)).matmul(right);
    var before = x.copy();
    var result = Functions.orthogonalized(x);
    var known = Plain.of(left.matmul(diagonal(expected, rows, columns)).matmul(right));
    known.assertSame(result, 1e-10);
    known.assertSame(Functions.orthogonalized(x.to(DType.FLOAT32)), 1e-4);
    // However it lies in memory, and whatever its scale.
    known.assertSame(
        Functions.orthogonalized(x.transpose(0, 1).contiguous().transpose(0, 1)), 1e-10);
    known.assertSame(Functions.orthogonalized(x.mul(1e-3)), 1e-10);
    assertArrayEquals(Plain.of(before).values(), Plain.of(x).values());
  }

  /** The range that the coefficients were chosen for. */
  @Test
  void singularValuesComeNearOne() {
    for (double x = 0.01; x <= 1; x += 0.001) {
      assertEquals(0.95, five(x), 0.27, "of " + x);
    }
  }

  @Test
  void narrowTypesStayAndZeroIsZero() {
    var x = Plain.random(random, 16, 24).tensor();
    var narrow = Functions.orthogonalized(x.to(DType.BFLOAT16));
    assertEquals(DType.BFLOAT16, narrow.dtype());
    var apart = narrow.to(DType.FLOAT64).sub(Functions.orthogonalized(x)).alive();
    assertTrue(apart.abs().max().item_double() < 0.05);
    var nothing = Functions.orthogonalized(Tensor.zeros(DType.FLOAT32, Device.CPU, 3, 2));
    assertArrayEquals(new float[6], nothing.toFloats());
  }

  @Test
  void whatIsNoMatrixIsRefused() {
    for (var wrong :
        new Tensor[] {
          Tensor.zeros(DType.FLOAT32, Device.CPU, 4),
          Tensor.zeros(DType.FLOAT32, Device.CPU, 2, 2, 2),
          Tensor.zeros(DType.INT64, Device.CPU, 2, 2)
        }) {
      var e = assertThrows(TensorException.class, () -> Functions.orthogonalized(wrong));
      assertEquals("orthogonalized of " + wrong + ": needs a matrix of fractions", e.getMessage());
    }
  }
}
