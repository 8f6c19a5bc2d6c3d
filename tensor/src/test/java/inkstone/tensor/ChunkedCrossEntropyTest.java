package inkstone.tensor;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Against the plain formula, which libtorch takes back itself. */
class ChunkedCrossEntropyTest {

  private static final int CLASSES = 6;
  private static final long[] TARGETS = {1, 5, Functions.IGNORED, 0, 3, 3, Functions.IGNORED};

  private final java.util.Random random = Plain.random();
  private final Plain x = Plain.random(random, TARGETS.length, 4);
  private final Plain weight = Plain.random(random, CLASSES, 4);
  private Scope scope;

  @BeforeEach
  void open() {
    scope = Scope.open();
  }

  @AfterEach
  void close() {
    scope.close();
  }

  private static Tensor targets() {
    return Tensor.of(TARGETS, TARGETS.length);
  }

  /** (1 - s) (lse - z_t) + s (lse - mean z) + f lse^2, averaged over the rows that count. */
  private static Tensor expected(
      Tensor x, Tensor weight, double smoothing, double zLoss, double cap) {
    var product = Functions.linear(x, weight, Optional.empty());
    var logits = cap == 0 ? product : product.mul(1 / cap).tanh().mul(cap);
    var wanted =
        Plain.build(i -> TARGETS[(int) i[0]] == i[1] ? 1 : 0, TARGETS.length, CLASSES).tensor();
    var counted = Plain.build(i -> TARGETS[(int) i[0]] < 0 ? 0 : 1, TARGETS.length, 1).tensor();
    var ones = Plain.build(i -> 1, CLASSES, 1).tensor();
    var normaliser = logits.exp().matmul(ones).log();
    var target = logits.mul(wanted).matmul(ones);
    var all = logits.matmul(ones).mul(1.0 / CLASSES);
    var loss =
        normaliser
            .sub(target.mul(1 - smoothing))
            .sub(all.mul(smoothing))
            .add(normaliser.mul(normaliser).mul(zLoss));
    return loss.mul(counted).sum().mul(1.0 / 5);
  }

  @ParameterizedTest
  @CsvSource({"0, 0, 0", "0.1, 0, 0", "0, 0.01, 0", "0.3, 0.2, 0", "0, 0, 0.5", "0.3, 0.2, 2"})
  void lossAndGradientsOfTheFormula(double smoothing, double zLoss, double cap) {
    var plainX = x.tensor().requiresGrad(true);
    var plainWeight = weight.tensor().requiresGrad(true);
    var expected = expected(plainX, plainWeight, smoothing, zLoss, cap);
    expected.mul(3).backward();
    for (int rows : new int[] {0, 1, 2, 3, 7, 100}) {
      var ourX = x.tensor().requiresGrad(true);
      var ourWeight = weight.tensor().requiresGrad(true);
      var settings = new ChunkedCrossEntropy.Settings(smoothing, zLoss, cap, rows);
      var loss = Functions.linearCrossEntropy(ourX, ourWeight, targets(), settings);
      Plain.of(expected).assertSame(loss, 1e-12);
      Plain.of(expected)
          .assertSame(
              Functions.linearCrossEntropy(ourX, ourWeight, targets(), smoothing, zLoss, cap),
              1e-12);
      loss.mul(3).backward();
      Plain.of(plainX.grad().orElseThrow()).assertSame(ourX.grad().orElseThrow(), 1e-12);
      Plain.of(plainWeight.grad().orElseThrow()).assertSame(ourWeight.grad().orElseThrow(), 1e-12);
    }
  }

  @ParameterizedTest
  @CsvSource({"FLOAT32, 1e-6", "BFLOAT16, 0.02"})
  void asCrossEntropyOfLinear(DType type, double tolerance) {
    var one = x.tensor().to(type).detach().requiresGrad(true);
    var other = x.tensor().to(type).detach().requiresGrad(true);
    // Weights that training keeps in float32, and that another type of arithmetic only borrows.
    var kept = DType.FLOAT32;
    var w1 = weight.tensor().to(kept).detach().requiresGrad(true);
    var w2 = weight.tensor().to(kept).detach().requiresGrad(true);
    var plain =
        Functions.crossEntropy(Functions.linear(one, w1.to(type), Optional.empty()), targets());
    var ours = Functions.linearCrossEntropy(other, w2, targets(), 0, 0);
    assertEquals(plain.item(), ours.item(), tolerance);
    plain.backward();
    ours.backward();
    Plain.of(one.grad().orElseThrow()).assertSame(other.grad().orElseThrow(), tolerance);
    Plain.of(w1.grad().orElseThrow()).assertSame(w2.grad().orElseThrow(), tolerance);
    assertEquals(type, other.grad().orElseThrow().dtype());
    assertEquals(kept, w2.grad().orElseThrow().dtype());
  }

  /** Rows of a part of a vector, of several and a rest, and of whole ones. */
  @ParameterizedTest
  @CsvSource({"6, 0, 0", "37, 0.1, 0", "64, 0.1, 0.01", "1000, 0.3, 0.2"})
  void theKernelIsTheFormula(int classes, double smoothing, double zLoss) {
    var wide = Plain.random(random, classes, 4);
    var exactX = x.map(v -> 9 * v).tensor().requiresGrad(true);
    var exactWeight = wide.tensor().requiresGrad(true);
    var expected = Functions.linearCrossEntropy(exactX, exactWeight, targets(), smoothing, zLoss);
    expected.backward();
    var ourX = exactX.detach().to(DType.FLOAT32).detach().requiresGrad(true);
    var ourWeight = exactWeight.detach().to(DType.FLOAT32).detach().requiresGrad(true);
    var settings = new ChunkedCrossEntropy.Settings(smoothing, zLoss, 0, 3);
    assertTrue(Kernels.AVAILABLE);
    var loss = Functions.linearCrossEntropy(ourX, ourWeight, targets(), settings);
    assertEquals(expected.item(), loss.item(), 2e-6 * Math.abs(expected.item()));
    loss.backward();
    Plain.of(exactX.grad().orElseThrow()).assertSame(ourX.grad().orElseThrow(), 1e-5);
    Plain.of(exactWeight.grad().orElseThrow()).assertSame(ourWeight.grad().orElseThrow(), 1e-5);
    var beyond = Tensor.of(new long[] {0, 0, 0, 0, 0, 0, classes}, 7);
    assertThrows(
        TensorException.class,
        () -> Functions.linearCrossEntropy(ourX, ourWeight, beyond, smoothing, zLoss));
  }

  @Test
  void withoutAWishForGradientsThereAreNone() {
    var loss = Functions.linearCrossEntropy(x.tensor(), weight.tensor(), targets(), 0, 0);
    assertTrue(!loss.requiresGrad());
    var w = weight.tensor().requiresGrad(true);
    Functions.linearCrossEntropy(x.tensor(), w, targets(), 0, 0).backward();
    assertTrue(w.grad().isPresent());
  }

  @Test
  void whatDoesNotFitIsTold() {
    var w = weight.tensor();
    for (var bad :
        new Runnable[] {
          () -> Functions.linearCrossEntropy(w, x.tensor().transpose(0, 1), targets(), 0, 0),
          () -> Functions.linearCrossEntropy(x.tensor(), w, Tensor.of(new long[] {1}, 1), 0, 0),
          () -> Functions.linearCrossEntropy(x.tensor(), w, x.tensor(), 0, 0),
          () -> Functions.linearCrossEntropy(x.tensor(), w, targets(), 1, 0),
          () -> Functions.linearCrossEntropy(x.tensor(), w, targets(), 0, -1),
          () -> Functions.linearCrossEntropy(x.tensor(), w, targets(), Double.NaN, 0),
        }) {
      var e = assertThrows(TensorException.class, bad::run);
      assertTrue(String.valueOf(e.getMessage()).startsWith("linearCrossEntropy"), e.getMessage());
    }
  }
}
