package inkstone.tensor;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Gradients against central differences in float64. */
class GradientsTest {

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

  private static double item(Function<List<Tensor>, Tensor> function, List<Plain> inputs) {
    try (var inner = Scope.open();
        var off = Gradients.off()) {
      return function.apply(inputs.stream().map(Plain::tensor).toList()).item();
    }
  }

  /** Weighs the function's elements differently, so that no gradient hides behind another. */
  private void check(Function<List<Tensor>, Tensor> function, Plain... inputs) {
    check(1e-7, function, inputs);
  }

  private void check(double tolerance, Function<List<Tensor>, Tensor> function, Plain... inputs) {
    var given = List.of(inputs);
    var shape = function.apply(given.stream().map(Plain::tensor).toList()).shape();
    var weights = Plain.random(random, shape);
    Function<List<Tensor>, Tensor> loss =
        tensors -> function.apply(tensors).mul(weights.tensor()).sum();
    var leaves = given.stream().map(x -> x.tensor().requiresGrad(true)).toList();
    loss.apply(leaves).backward();
    for (int which = 0; which < inputs.length; which++) {
      var gradient = Plain.of(leaves.get(which).grad().orElseThrow());
      assertArrayEquals(inputs[which].shape(), gradient.shape());
      for (int i = 0; i < gradient.values().length; i++) {
        double step = 1e-5;
        var around = new ArrayList<>(given);
        around.set(which, inputs[which].with(i, inputs[which].values()[i] + step));
        double above = item(loss, around);
        around.set(which, inputs[which].with(i, inputs[which].values()[i] - step));
        double below = item(loss, around);
        assertEquals(
            (above - below) / (2 * step),
            gradient.values()[i],
            tolerance * Math.max(1, Math.abs(gradient.values()[i])),
            "seed %d, input %d, element %d".formatted(Plain.SEED, which, i));
      }
    }
  }

  private Plain of(long... shape) {
    return Plain.random(random, shape);
  }

  @Test
  void arithmetic() {
    check(t -> t.get(0).add(t.get(1)).mul(t.get(0)), of(3, 4), of(4));
    check(t -> t.get(0).sub(t.get(1)).mul(-2), of(3, 1), of(4));
    check(t -> t.get(0).div(t.get(1)), of(3, 4), of(3, 4).map(v -> v + Math.copySign(1, v)));
    check(t -> t.get(0).matmul(t.get(1)), of(2, 3, 4), of(4, 2));
    check(t -> t.get(0).tanh().add(t.get(0).exp()), of(5));
    check(t -> t.get(0).cos().mul(t.get(0).sin()), of(5));
    check(t -> t.get(0).mul(t.get(0)).log(), of(5).map(v -> v + Math.copySign(1, v)));
    check(t -> t.get(0).mean().add(t.get(0).sum()), of(2, 3));
  }

  @Test
  void shapes() {
    check(t -> t.get(0).transpose(0, 1).reshape(6).narrow(0, 1, 4), of(2, 3));
    check(t -> t.get(0).permute(2, 0, 1).select(1, 0), of(2, 3, 2));
    check(t -> t.get(0).unsqueeze(1).expand(3, 2).copy(), of(3));
    check(t -> Tensor.concat(0, List.of(t.get(0), t.get(1), t.get(0))), of(2, 2), of(1, 2));
    var indices = Scope.keep(Tensor.of(new long[] {1, 1, 0}, 3));
    check(t -> t.get(0).indexSelect(0, indices), of(3, 2));
    check(t -> Functions.embedding(t.get(0), indices), of(3, 2));
    indices.close();
  }

  @Test
  void linearAndNorms() {
    check(
        t -> Functions.linear(t.get(0), t.get(1), Optional.of(t.get(2))),
        of(3, 4),
        of(2, 4),
        of(2));
    check(t -> Functions.linear(t.get(0), t.get(1), Optional.empty()), of(3, 4), of(2, 4));
    check(
        t -> Functions.layerNorm(t.get(0), t.get(1), Optional.of(t.get(2)), 1e-2),
        of(3, 5),
        of(5),
        of(5));
    check(t -> Functions.layerNorm(t.get(0), t.get(1), Optional.empty(), 1e-2), of(3, 5), of(5));
    check(t -> Functions.rmsNorm(t.get(0), t.get(1), 1e-2), of(3, 5), of(5));
  }

  @Test
  void activations() {
    check(t -> Functions.geluTanh(t.get(0)), of(9));
    check(t -> Functions.gelu(t.get(0)), of(9));
    check(t -> Functions.silu(t.get(0)), of(9));
    check(t -> Functions.softmax(t.get(0)), of(2, 4));
  }

  @Test
  void caps() {
    check(in -> Functions.softCap(in.get(0), 0.7), of(3, 4));
    var q = of(1, 4, 3, 4);
    var k = of(1, 2, 5, 4);
    var v = of(1, 2, 5, 4);
    for (var mask : List.of(AttentionMask.NONE, AttentionMask.CAUSAL.window(3))) {
      check(in -> Functions.attention(in.get(0), in.get(1), in.get(2), mask, 0, 0.4), q, k, v);
    }
  }

  @Test
  void attention() {
    check(
        t -> Functions.attention(t.get(0), t.get(1), t.get(2), AttentionMask.CAUSAL, 0),
        of(2, 2, 3, 4),
        of(2, 2, 3, 4),
        of(2, 2, 3, 4));
    check(
        t -> Functions.attention(t.get(0), t.get(1), t.get(2), AttentionMask.NONE, 0),
        of(1, 2, 3, 2),
        of(1, 2, 5, 2),
        of(1, 2, 5, 2));
    check(
        t -> Functions.attention(t.get(0), t.get(1), t.get(2), AttentionMask.CAUSAL, 0),
        of(1, 2, 2, 2),
        of(1, 2, 5, 2),
        of(1, 2, 5, 2));
    // The first query sees one key alone, and one query sees all.
    check(
        t -> Functions.attention(t.get(0), t.get(0), t.get(0), AttentionMask.CAUSAL, 0),
        of(1, 1, 4, 2));
    check(
        t -> Functions.attention(t.get(0), t.get(1), t.get(1), AttentionMask.CAUSAL, 0),
        of(1, 1, 1, 2),
        of(1, 1, 4, 2));
  }

  /** (softmax - one at the target) / rows that count; it is computed in float32. */
  @Test
  void crossEntropy() {
    var x = of(4, 5);
    var targets = new long[] {1, Functions.IGNORED, 4, 0};
    for (var type : new DType[] {DType.FLOAT64, DType.FLOAT32, DType.BFLOAT16}) {
      var logits = x.tensor().to(type).requiresGrad(true);
      Functions.crossEntropy(logits, Tensor.of(targets, 4)).backward();
      var chances = Plain.of(Functions.softmax(logits.detach().to(DType.FLOAT64)));
      var gradient = logits.grad().orElseThrow();
      assertEquals(type, gradient.dtype());
      Plain.build(
              i ->
                  targets[(int) i[0]] < 0
                      ? 0
                      : (chances.at(i) - (targets[(int) i[0]] == i[1] ? 1 : 0)) / 3,
              4,
              5)
          .assertSame(gradient, type == DType.BFLOAT16 ? 1.0 / 256 : 1e-7);
    }
  }

  @Test
  void dropoutPassesTheGradientOfWhatItKept() {
    var x = Tensor.full(1, DType.FLOAT32, Device.CPU, 1000).requiresGrad(true);
    var dropped = Functions.dropout(x, 0.5);
    dropped.sum().backward();
    assertArrayEquals(dropped.toFloats(), x.grad().orElseThrow().toFloats());
  }

  @Test
  void whatIsRecomputedHasTheSameGradients() {
    var w = of(3, 3);
    check(t -> Functions.recomputed(x -> x.matmul(w.tensor()).tanh(), t.get(0)).mul(2), of(2, 3));
    // Within each other, and with weights that learn inside.
    check(
        t ->
            Functions.recomputed(
                x -> Functions.recomputed(y -> y.matmul(t.get(1)).exp(), x.mul(0.5)).tanh(),
                t.get(0).mul(2)),
        of(2, 3),
        of(3, 2));
  }

  @Test
  void whatIsRecomputedDropsTheSame() {
    var x = Tensor.full(1, DType.FLOAT32, Device.CPU, 1000).requiresGrad(true);
    Random.seed(5);
    var dropped = Functions.recomputed(y -> Functions.dropout(y.mul(1), 0.5), x);
    Random.seed(7);
    dropped.sum().backward();
    assertArrayEquals(dropped.toFloats(), x.grad().orElseThrow().toFloats());
    var after = Random.normal(0, 1, 4).toFloats();
    Random.seed(7);
    assertArrayEquals(Random.normal(0, 1, 4).toFloats(), after, "the stream goes on as it was");
  }

  @Test
  void gradientsAddUpUntilCleared() {
    var x = Tensor.of(new float[] {1, 2}, 2).requiresGrad(true);
    assertTrue(x.grad().isEmpty());
    x.clearGrad();
    x.mul(3).sum().backward();
    var first = x.grad().orElseThrow();
    assertArrayEquals(new float[] {3, 3}, first.toFloats());
    x.mul(x).sum().backward();
    assertArrayEquals(new float[] {5, 7}, x.grad().orElseThrow().toFloats());
    assertArrayEquals(new float[] {5, 7}, first.toFloats(), "the memory is shared");
    first.mulInPlace(2);
    assertArrayEquals(new float[] {10, 14}, x.grad().orElseThrow().toFloats());
    x.clearGrad();
    assertTrue(x.grad().isEmpty());
    assertArrayEquals(new float[] {10, 14}, first.toFloats(), "what was handed out lives on");
    x.mul(3).sum().backward();
    assertArrayEquals(new float[] {3, 3}, x.grad().orElseThrow().toFloats());
  }

  @Test
  void aGradientOutlivesItsTensor() {
    var x = Tensor.of(new float[] {1, 2}, 2).requiresGrad(true);
    x.mul(3).sum().backward();
    var gradient = x.grad().orElseThrow();
    x.close();
    assertArrayEquals(new float[] {3, 3}, gradient.toFloats());
  }

  @Test
  void whatIsFreedOnTheWayDoesNotBreakTheRecord() {
    var x = Tensor.of(new float[] {1, 2}, 2).requiresGrad(true);
    var loss = Scope.of(() -> x.mul(x).exp().sum());
    loss.backward();
    assertArrayEquals(
        new float[] {(float) (2 * Math.E), (float) (4 * Math.exp(4))},
        x.grad().orElseThrow().toFloats(),
        1e-3f);
  }

  @Test
  void detachAndTypesInTheRecord() {
    var x = Tensor.of(new float[] {3}, 1).requiresGrad(true);
    x.mul(x.detach()).sum().backward();
    assertEquals(3, x.grad().orElseThrow().item());
    assertFalse(x.detach().requiresGrad());
    x.clearGrad();
    x.to(DType.BFLOAT16).mul(2).sum().backward();
    assertEquals(2, x.grad().orElseThrow().item());
    assertEquals(DType.FLOAT32, x.grad().orElseThrow().dtype());
    assertFalse(x.requiresGrad(false).requiresGrad());
  }

  @Test
  void offNestsAndEndsWithTheBlock() {
    var x = Tensor.of(new float[] {3}, 1).requiresGrad(true);
    assertTrue(x.mul(2).requiresGrad());
    try (var outer = Gradients.off()) {
      assertFalse(x.mul(2).requiresGrad());
      try (var inner = Gradients.off()) {
        assertFalse(x.mul(2).requiresGrad());
      }
      assertFalse(x.mul(2).requiresGrad(), "the inner one restores, it does not switch on");
      x.mulInPlace(2);
    }
    assertTrue(x.mul(2).requiresGrad());
    assertEquals(6, x.item());
  }

  @Test
  void offIsOfOneThread() throws Exception {
    try (var off = Gradients.off()) {
      var recorded = new ArrayList<Boolean>();
      Thread.ofPlatform()
          .start(
              () ->
                  Scope.run(
                      () -> {
                        var x = Tensor.of(new float[] {3}, 1).requiresGrad(true);
                        recorded.add(x.mul(2).requiresGrad());
                      }))
          .join();
      assertEquals(List.of(true), recorded);
    }
  }
}
