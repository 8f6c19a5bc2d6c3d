package inkstone.tensor;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Map;
import java.util.TreeMap;
import java.util.function.BiFunction;
import java.util.function.Consumer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** {@link Tensor#as} beside {@link Tensor#to}: the same numbers, and never those of before. */
class ConvertedTest {

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

  private Tensor weight() {
    return Plain.random(random, 16, 16).tensor().to(DType.FLOAT32).copy();
  }

  private static void assertFresh(Tensor weight, String after) {
    assertArrayEquals(
        weight.to(DType.BFLOAT16).toFloats(), weight.as(DType.BFLOAT16).toFloats(), after);
  }

  @Test
  void whateverChangesTheTensorIsSeen() {
    var w = weight();
    var other = weight();
    var moments = Tensor.zeros(DType.FLOAT32, Device.CPU, 16, 16);
    var step = new Functions.AdamWStep(1, 0.1, 0.9, 0.95, 1e-8, 0.1);
    var changes = new TreeMap<String, Consumer<Tensor>>();
    changes.put("addInPlace", x -> x.addInPlace(other, 0.5));
    changes.put("mulInPlace", x -> x.mulInPlace(1.5));
    changes.put("copyInPlace", x -> x.copyInPlace(other));
    changes.put("another handle", x -> x.detach().mulInPlace(0.5));
    changes.put("a part", x -> x.detach().narrow(0, 3, 2).mulInPlace(3));
    changes.put("adamW", x -> Functions.adamW(x, other, moments.copy(), moments.copy(), step));
    changes.put(
        "adamW of a leaf",
        x -> {
          x.requiresGrad(true);
          Functions.adamW(x, other, moments.copy(), moments.copy(), step);
          x.requiresGrad(false);
        });
    for (var change : changes.entrySet()) {
      var before = w.as(DType.BFLOAT16).toFloats();
      assertFresh(w, "before " + change.getKey());
      change.getValue().accept(w);
      assertFresh(w, change.getKey());
      assertFalse(
          java.util.Arrays.equals(before, w.as(DType.BFLOAT16).toFloats()), change.getKey());
    }
    assertEquals(DType.FLOAT64, w.as(DType.FLOAT64).dtype());
    assertArrayEquals(w.toFloats(), w.as(DType.FLOAT64).toFloats());
    assertFresh(w, "another type");
    assertTrue(w.as(DType.FLOAT32).handle.data_ptr().equals(w.handle.data_ptr()));
  }

  /** The very memory, so that nothing was converted again. */
  @Test
  void itIsConvertedOnceForEachChange() {
    var w = weight();
    long first = w.as(DType.BFLOAT16).handle.data_ptr().address();
    assertEquals(first, w.as(DType.BFLOAT16).handle.data_ptr().address());
    w.requiresGrad(true);
    assertEquals(first, w.as(DType.BFLOAT16).handle.data_ptr().address());
    var kept = w.as(DType.BFLOAT16); // in use, so that its memory is not given out again
    w.detach().mulInPlace(2);
    assertNotEquals(first, w.as(DType.BFLOAT16).handle.data_ptr().address());
    assertEquals(first, kept.handle.data_ptr().address());
  }

  /** Loss and gradient, also where the weight changes between forward and backward. */
  @Test
  void gradientsAreThoseOfAConversionEachTime() {
    var start = weight();
    var x = Plain.random(random, 4, 16).tensor().to(DType.BFLOAT16).detach();
    var results = new TreeMap<String, float[]>();
    Map<String, BiFunction<Tensor, DType, Tensor>> ways =
        Map.of("to", Tensor::to, "as", Tensor::as);
    for (var way : ways.entrySet()) {
      var w = start.copy().requiresGrad(true);
      for (int part = 0; part < 3; part++) {
        var y = x.matmul(way.getValue().apply(w, DType.BFLOAT16));
        var again = y.matmul(way.getValue().apply(w, DType.BFLOAT16));
        if (part == 1) {
          w.detach().mulInPlace(0.5);
        }
        again.to(DType.FLOAT32).sum().backward();
      }
      assertEquals(DType.FLOAT32, w.grad().orElseThrow().dtype());
      results.put(way.getKey(), w.grad().orElseThrow().toFloats());
    }
    assertArrayEquals(results.get("to"), results.get("as"));
  }

  @Test
  void itIsFreedWithTheTensor() {
    long live = Tensor.live();
    try (var w = Scope.keep(weight())) {
      w.as(DType.BFLOAT16).close();
      w.as(DType.BFLOAT16).close();
    }
    scope.close();
    scope = Scope.open();
    assertTrue(Tensor.live() <= live);
  }
}
