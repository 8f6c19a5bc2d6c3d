package inkstone.tensor;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import inkstone.tensor.PackedAttention.Packing;
import java.util.Arrays;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Packed sequences beside each one alone, in float64 by plain operations, both directions. */
class PackedAttentionTest {

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

  private static int sum(int... lengths) {
    return Arrays.stream(lengths).sum();
  }

  private static Tensor single(Plain x) {
    return x.tensor().to(DType.FLOAT32).detach().requiresGrad(true);
  }

  private int[] lengths(int count) {
    return random.ints(count, 1, 40).toArray();
  }

  /** A head of 16 or 32 fits the vectors; one of 6 goes by plain operations. */
  @ParameterizedTest
  @CsvSource({"1, 1, 16", "7, 2, 32", "20, 4, 16", "5, 2, 6"})
  void overThemselves(int count, int heads, int dim) {
    for (boolean causal : new boolean[] {false, true}) {
      int[] lengths = lengths(count);
      int width = heads * dim;
      var x = Plain.random(random, sum(lengths), 3L * width);
      var exact = x.tensor().requiresGrad(true);
      var expected =
          PackedAttention.composed(exact, exact, Packing.of(heads, lengths, lengths, causal));
      var given = single(x);
      var result = Functions.packedAttention(given, heads, lengths, causal);
      Plain.of(expected).assertSame(result, 3e-6);
      var weights = Plain.random(random, expected.shape()).tensor();
      expected.mul(weights).sum().backward();
      result.mul(weights.to(DType.FLOAT32)).sum().backward();
      Plain.of(exact.grad().orElseThrow()).assertSame(given.grad().orElseThrow(), 1e-5);
    }
  }

  @ParameterizedTest
  @CsvSource({"1, 1, 16", "7, 2, 32", "20, 4, 16", "5, 2, 6"})
  void overOthers(int count, int heads, int dim) {
    int[] lengths = lengths(count);
    int[] keys = lengths(count);
    int width = heads * dim;
    var q = Plain.random(random, sum(lengths), width);
    var kv = Plain.random(random, sum(keys), 2L * width);
    var exactQ = q.tensor().requiresGrad(true);
    var exactKv = kv.tensor().requiresGrad(true);
    var expected =
        PackedAttention.composed(exactQ, exactKv, Packing.of(heads, lengths, keys, false));
    var givenQ = single(q);
    var givenKv = single(kv);
    var result = Functions.packedAttention(givenQ, givenKv, heads, lengths, keys);
    Plain.of(expected).assertSame(result, 3e-6);
    var weights = Plain.random(random, expected.shape()).tensor();
    expected.mul(weights).sum().backward();
    result.mul(weights.to(DType.FLOAT32)).sum().backward();
    Plain.of(exactQ.grad().orElseThrow()).assertSame(givenQ.grad().orElseThrow(), 1e-5);
    Plain.of(exactKv.grad().orElseThrow()).assertSame(givenKv.grad().orElseThrow(), 1e-5);
  }

  /** What libtorch itself makes of one sequence. */
  @Test
  void oneSequenceIsAttention() {
    int heads = 2;
    var x = Plain.random(random, 9, 96).tensor().to(DType.FLOAT32);
    var packed = Functions.packedAttention(x, heads, new int[] {9}, true);
    var parts = new Tensor[3];
    for (int i = 0; i < 3; i++) {
      parts[i] = x.narrow(1, 32L * i, 32).reshape(1, 9, heads, 16).transpose(1, 2).contiguous();
    }
    var alone = Functions.attention(parts[0], parts[1], parts[2], AttentionMask.CAUSAL, 0);
    Plain.of(alone.transpose(1, 2).reshape(9, 32)).assertSame(packed, 3e-6);
  }

  @Test
  void whatDoesNotFitIsRefused() {
    var x = Tensor.zeros(DType.FLOAT32, Device.CPU, 4, 96);
    int[][] wrong = {{3}, {5}, {4, 0}, {}};
    for (var lengths : wrong) {
      assertThrows(
          TensorException.class,
          () -> Functions.packedAttention(x, 2, lengths, true),
          Arrays.toString(lengths));
    }
    var e =
        assertThrows(
            TensorException.class, () -> Functions.packedAttention(x, 5, new int[] {4}, true));
    assertTrue(String.valueOf(e.getMessage()).contains("5 heads"), e.getMessage());
  }

  /** As many numbers go as should, the rest is scaled, and backward goes the same way. */
  @Test
  void dropoutSum() {
    Random.seed(5);
    int count = 200 * 128;
    var x = Tensor.full(10, DType.FLOAT32, Device.CPU, 200, 128).requiresGrad(true);
    var y = Tensor.full(3, DType.FLOAT32, Device.CPU, 200, 128).requiresGrad(true);
    var sum = Functions.dropoutSum(x, y, 0.25);
    sum.sum().backward();
    var slopes = y.grad().orElseThrow().toFloats();
    var values = sum.toFloats();
    int gone = 0;
    for (int i = 0; i < count; i++) {
      assertEquals(values[i] == 10 ? 0 : 4f / 3, slopes[i], 1e-6);
      assertEquals(values[i] == 10 ? 10 : 14, values[i], 1e-5);
      gone += values[i] == 10 ? 1 : 0;
    }
    // Four deviations of a binomial distribution.
    assertEquals(0.25 * count, gone, 4 * Math.sqrt(count * 0.25 * 0.75));
    for (float each : x.grad().orElseThrow().toFloats()) {
      assertEquals(1, each);
    }
    var again = Functions.dropoutSum(x, y, 0.25).toFloats();
    assertTrue(!Arrays.equals(values, again), "the same numbers go each time");
    Random.seed(5);
    assertEquals(
        Arrays.hashCode(values), Arrays.hashCode(Functions.dropoutSum(x, y, 0.25).toFloats()));
  }
}
