package inkstone.tensor;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.function.DoubleUnaryOperator;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Both ways of computing attention against its formula and against each other. */
class AttentionTest {

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

  /** softmax(q k^T / sqrt(dim)) v, a query seeing the keys up to its own, counted from the end. */
  private static Plain expected(Plain q, Plain k, Plain v, boolean causal) {
    return expected(q, k, v, causal, score -> score);
  }

  private static Plain expected(
      Plain q, Plain k, Plain v, boolean causal, DoubleUnaryOperator change) {
    int queries = (int) q.shape()[2];
    int keys = (int) k.shape()[2];
    int dim = (int) q.shape()[3];
    return Plain.build(
        i -> {
          int seen = causal ? keys - queries + (int) i[2] + 1 : keys;
          double total = 0;
          double mixed = 0;
          for (int key = 0; key < seen; key++) {
            double score = 0;
            for (int d = 0; d < dim; d++) {
              score += q.at(i[0], i[1], i[2], d) * k.at(i[0], i[1], key, d);
            }
            double weight = Math.exp(change.applyAsDouble(score) / Math.sqrt(dim));
            total += weight;
            mixed += weight * v.at(i[0], i[1], key, i[3]);
          }
          return mixed / total;
        },
        q.shape());
  }

  @ParameterizedTest
  @CsvSource({
    "1, 1, 1, 1, 1, false", "1, 1, 1, 1, 1, true",
    "2, 3, 5, 5, 4, false", "2, 3, 5, 5, 4, true",
    "2, 3, 2, 7, 4, false", "2, 3, 2, 7, 4, true",
    "1, 2, 1, 9, 8, false", "1, 2, 1, 9, 8, true",
    "1, 2, 9, 2, 8, false", "3, 1, 17, 17, 16, true"
  })
  void followsTheFormula(int batch, int heads, int queries, int keys, int dim, boolean causal) {
    var q = Plain.random(random, batch, heads, queries, dim);
    var k = Plain.random(random, batch, heads, keys, dim);
    var v = Plain.random(random, batch, heads, keys, dim);
    var expected = expected(q, k, v, causal);
    expected.assertSame(
        Functions.attention(q.tensor(), k.tensor(), v.tensor(), mask(causal), 0), 1e-9);
    expected.assertSame(
        AttentionPaths.composed(q.tensor(), k.tensor(), v.tensor(), mask(causal), 0, 0), 1e-12);
    expected.assertSame(
        Functions.attention(q.tensor().requiresGrad(true), k.tensor(), v.tensor(), mask(causal), 0),
        1e-12);
    expected.assertSame(
        Functions.attention(float32(q), float32(k), float32(v), mask(causal), 0), 2e-6);
    expected.assertSame(
        AttentionPaths.composed(float32(q), float32(k), float32(v), mask(causal), 0, 0), 2e-6);
  }

  private static AttentionMask mask(boolean causal) {
    return causal ? AttentionMask.CAUSAL : AttentionMask.NONE;
  }

  /** Every kind of mask and of heads, in blocks that do and do not divide the length. */
  @ParameterizedTest
  @CsvSource({
    "1, 1, 5, 5, true, 0, false, 0", "2, 1, 7, 7, true, 3, false, 0.5",
    "4, 2, 9, 9, true, 0, true, 0", "6, 2, 8, 8, true, 2, true, 0",
    "3, 3, 6, 6, false, 0, true, 0.3", "4, 1, 3, 8, true, 4, false, 0",
    "2, 2, 3, 8, true, 4, true, 1", "4, 2, 5, 9, false, 0, false, 0",
    "2, 1, 1, 6, true, 2, false, 0", "4, 2, 9, 9, true, 0, false, 0.7"
  })
  void inBlocksAsInOnePiece(
      int heads,
      int keyHeads,
      int queries,
      int keys,
      boolean causal,
      int window,
      boolean parted,
      double cap) {
    var q = Plain.random(random, 2, heads, queries, 4);
    var k = Plain.random(random, 2, keyHeads, keys, 4);
    var v = Plain.random(random, 2, keyHeads, keys, 4);
    var weights = Plain.random(random, 2, heads, queries, 4).tensor();
    var numbers = new long[2 * keys];
    for (int i = 0; i < numbers.length; i++) {
      numbers[i] = i % keys < keys / 2 ? 0 : i < keys ? 1 : -1;
    }
    var mask = mask(causal).window(window);
    mask = parted ? mask.documents(Tensor.of(numbers, 2, keys)) : mask;
    var reference = leaves(q, k, v);
    var expected =
        AttentionPaths.composed(reference[0], reference[1], reference[2], mask, 0, cap)
            .mul(weights);
    expected.sum().backward();
    for (int block : new int[] {1, 2, 3, 4, 128}) {
      var given = leaves(q, k, v);
      var mixed = AttentionPaths.blocked(given[0], given[1], given[2], mask, cap, block);
      Plain.of(expected).assertSame(mixed.mul(weights), 1e-12);
      mixed.mul(weights).sum().backward();
      for (int i = 0; i < 3; i++) {
        Plain.of(reference[i].grad().orElseThrow())
            .assertSame(given[i].grad().orElseThrow(), 1e-12);
      }
    }
    Plain.of(expected)
        .assertSame(
            Functions.attention(reference[0], reference[1], reference[2], mask, 0, cap)
                .mul(weights),
            1e-12);
  }

  /** {@code cap tanh(s / cap)} of every score, whatever the path that is taken. */
  @ParameterizedTest
  @CsvSource({"1, 5, true", "5, 5, true", "3, 7, true", "4, 6, false"})
  void cappedScoresFollowTheFormula(int queries, int keys, boolean causal) {
    double cap = 0.6;
    var q = Plain.random(random, 2, 2, queries, 4);
    var k = Plain.random(random, 2, 2, keys, 4);
    var v = Plain.random(random, 2, 2, keys, 4);
    var expected =
        expected(q, k, v, causal, score -> cap * Math.tanh(score / Math.sqrt(4) / cap) * 2);
    for (boolean recorded : new boolean[] {false, true}) {
      var query = q.tensor().requiresGrad(recorded);
      expected.assertSame(
          Functions.attention(query, k.tensor(), v.tensor(), mask(causal), 0, cap), 1e-12);
    }
    expected.assertSame(
        Functions.attention(float32(q), float32(k), float32(v), mask(causal), 0, cap), 2e-6);
    expected.assertSame(
        AttentionPaths.composed(q.tensor(), k.tensor(), v.tensor(), mask(causal), 0, cap), 1e-12);
  }

  @Test
  void aCapIsAPositiveNumber() {
    var x = Plain.random(random, 1, 1, 2, 4).tensor();
    for (double wrong : new double[] {-1, Double.NaN, Double.POSITIVE_INFINITY}) {
      var message =
          assertThrows(
                  TensorException.class,
                  () -> Functions.attention(x, x, x, AttentionMask.NONE, 0, wrong))
              .getMessage();
      assertEquals("a cap of " + wrong + ": give a positive number, or 0 for none", message);
    }
  }

  /** Our own kernel beside the reference: sizes that fill blocks, strips and lanes, or do not. */
  @ParameterizedTest
  @CsvSource({
    "1, 1, 1, 1, 1, true, 0, false", "2, 1, 7, 7, 5, true, 3, false",
    "4, 2, 70, 70, 16, true, 0, true", "6, 2, 65, 130, 8, true, 40, true",
    "3, 3, 66, 66, 32, false, 0, true", "4, 1, 3, 80, 40, true, 33, false",
    "2, 2, 128, 128, 64, true, 0, false", "4, 2, 5, 9, 3, false, 0, false",
    "1, 1, 600, 600, 20, true, 100, false", "1, 1, 9, 4, 6, false, 0, false"
  })
  void theKernelAsTheReference(
      int heads,
      int keyHeads,
      int queries,
      int keys,
      int dim,
      boolean causal,
      int window,
      boolean parted) {
    assertTrue(Kernels.AVAILABLE, "tests run with the Vector API");
    var q = Plain.random(random, 2, heads, queries, dim);
    var k = Plain.random(random, 2, keyHeads, keys, dim);
    var v = Plain.random(random, 2, keyHeads, keys, dim);
    var weights = Plain.random(random, 2, heads, queries, dim).tensor();
    var numbers = new long[2 * keys];
    for (int i = 0; i < numbers.length; i++) {
      numbers[i] = i % keys < keys / 2 ? 0 : i < keys ? 1 : -1;
    }
    var mask = mask(causal).window(window);
    mask = parted ? mask.documents(Tensor.of(numbers, 2, keys)) : mask;
    var exact = leaves(q, k, v);
    var expected = AttentionPaths.composed(exact[0], exact[1], exact[2], mask, 0, 0);
    expected.mul(weights).sum().backward();
    // As a network hands them on: heads beside each other in a row.
    var given = new Tensor[3];
    for (int i = 0; i < 3; i++) {
      given[i] =
          Plain.of(exact[i].detach().transpose(1, 2)).tensor().to(DType.FLOAT32).requiresGrad(true);
    }
    var mixed =
        AttentionPaths.kernel(
            given[0].transpose(1, 2), given[1].transpose(1, 2), given[2].transpose(1, 2), mask);
    Plain.of(expected).assertSame(mixed, 2e-6);
    mixed.mul(weights.to(DType.FLOAT32)).sum().backward();
    for (int i = 0; i < 3; i++) {
      Plain.of(exact[i].grad().orElseThrow())
          .assertSame(given[i].grad().orElseThrow().transpose(1, 2), 2e-5);
    }
  }

  private static Tensor[] leaves(Plain... inputs) {
    return java.util.Arrays.stream(inputs)
        .map(x -> x.tensor().requiresGrad(true))
        .toArray(Tensor[]::new);
  }

  @Test
  void aQuerySeesItsWindowAndItsDocumentAlone() {
    var q = Plain.random(random, 1, 1, 6, 3);
    var windowed = AttentionMask.CAUSAL.window(2);
    var parted = AttentionMask.CAUSAL.documents(Tensor.of(new long[] {0, 0, 0, 1, 1, 1}, 1, 6));
    for (var mask : new AttentionMask[] {windowed, parted}) {
      var value = q.tensor().requiresGrad(true);
      AttentionPaths.blocked(q.tensor(), q.tensor(), value, mask, 0, 4)
          .narrow(2, 4, 1)
          .sum()
          .backward();
      var gradient = Plain.of(value.grad().orElseThrow());
      for (int key = 0; key < 6; key++) {
        boolean seen = key <= 4 && key >= 3;
        assertEquals(seen, gradient.at(0, 0, key, 0) != 0, "key " + key + " by " + mask);
      }
    }
  }

  private static Tensor float32(Plain x) {
    return x.tensor().to(DType.FLOAT32);
  }

  @Test
  void bfloat16StaysNear() {
    var q = Plain.random(random, 2, 2, 6, 8);
    var narrow = q.tensor().to(DType.BFLOAT16);
    var rounded = Plain.of(narrow);
    for (boolean causal : new boolean[] {false, true}) {
      var expected = expected(rounded, rounded, rounded, causal);
      expected.assertSame(Functions.attention(narrow, narrow, narrow, mask(causal), 0), 0.03);
      expected.assertSame(
          AttentionPaths.composed(narrow, narrow, narrow, mask(causal), 0, 0), 0.03);
    }
  }

  /** What the transposed layout of a network's projections gives. */
  @Test
  void theLayoutInMemoryDoesNotMatter() {
    var packed = Plain.random(random, 2, 5, 3, 4);
    var turned = packed.tensor().transpose(1, 2);
    var plain = Plain.of(turned);
    var expected = expected(plain, plain, plain, true);
    expected.assertSame(Functions.attention(turned, turned, turned, AttentionMask.CAUSAL, 0), 1e-9);
    expected.assertSame(
        AttentionPaths.composed(turned, turned, turned, AttentionMask.CAUSAL, 0, 0), 1e-9);
  }

  @Test
  void aLaterKeyChangesNoEarlierQuery() {
    var q = Plain.random(random, 1, 2, 4, 3);
    var changed = q.with(q.values().length - 1, 50);
    for (boolean recorded : new boolean[] {false, true}) {
      var one = q.tensor().requiresGrad(recorded);
      var before = Functions.attention(one, q.tensor(), q.tensor(), AttentionMask.CAUSAL, 0);
      var after =
          Functions.attention(one, changed.tensor(), changed.tensor(), AttentionMask.CAUSAL, 0);
      Plain.of(before.narrow(2, 0, 3)).assertSame(after.narrow(2, 0, 3));
    }
  }

  @Test
  void dropoutLeavesOutWeightsAndKeepsTheMean() {
    Random.seed(Plain.SEED);
    int keys = 64;
    var q = Tensor.zeros(DType.FLOAT32, Device.CPU, 8, 8, keys, 4);
    var ones = Tensor.full(1, DType.FLOAT32, Device.CPU, 8, 8, keys, 4);
    for (boolean recorded : new boolean[] {false, true}) {
      var mixed =
          Functions.attention(q.detach().requiresGrad(recorded), q, ones, AttentionMask.NONE, 0.25);
      // Every output is (kept keys) / (0.75 keys), a binomial share.
      var first = mixed.select(3, 0);
      double deviation = Math.sqrt(0.25 / 0.75 / keys);
      assertEquals(1, first.mean().item(), 5 * deviation / Math.sqrt(8 * 8 * keys));
      var spread = first.sub(Tensor.full(1, DType.FLOAT32, Device.CPU));
      assertEquals(deviation, Math.sqrt(spread.mul(spread).mean().item()), 0.1 * deviation);
    }
    Random.seed(1);
    var one = Functions.attention(q, q, ones, AttentionMask.CAUSAL, 0.5).toFloats();
    Random.seed(1);
    assertArrayEquals(one, Functions.attention(q, q, ones, AttentionMask.CAUSAL, 0.5).toFloats());
  }
}
