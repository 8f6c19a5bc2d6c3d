package inkstone.tensor;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

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
    var exact = x.tensor().requiresGrad(true);
    var expected = plain.apply(exact);
    var weights = Plain.random(random, expected.shape()).tensor();
    expected.mul(weights).sum().backward();
    var given = x.tensor().to(DType.FLOAT32).detach().requiresGrad(true);
    assertTrue(Kernels.take(given));
    var result = kernel.apply(given);
    Plain.of(expected).assertSame(result, 3e-6);
    result.mul(weights.to(DType.FLOAT32)).sum().backward();
    Plain.of(exact.grad().orElseThrow()).assertSame(given.grad().orElseThrow(), 3e-6);
  }

  /** Sizes of one vector, of several pieces of work, and of none that fits. */
  @ParameterizedTest
  @CsvSource({"1, 16", "3, 32", "5, 7", "70, 1024"})
  void activations(int rows, int width) {
    var x = Plain.random(random, rows, 2 * width).map(v -> 4 * v);
    same(Functions::geluTanh, Functions::composedGelu, x);
    same(Functions::swiGlu, Functions::composedSwiGlu, x);
  }

  @Test
  void farOutTheyAreTheirLimits() {
    var x =
        Tensor.of(
                new float[] {-1e4f, -100, -30, 0, 30, 100, 1e4f, 1e19f, 1, 1, 1, 1, 1, 1, 1, 1}, 16)
            .requiresGrad(true);
    var y = Functions.geluTanh(x);
    var values = y.toFloats();
    assertEquals(0, values[0], 0f);
    assertEquals(0, values[1], 0f);
    assertEquals(30, values[4]);
    assertEquals(1e4f, values[6]);
    y.sum().backward();
    var slope = x.grad().orElseThrow().toFloats();
    assertEquals(0.5f, slope[3]);
    assertEquals(1, slope[5]);
    assertEquals(0, slope[1], 0f);
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
