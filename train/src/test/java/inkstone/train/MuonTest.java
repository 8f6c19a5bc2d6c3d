package inkstone.train;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import inkstone.data.TokenBatch;
import inkstone.model.Decoder;
import inkstone.model.DecoderConfig;
import inkstone.tensor.DType;
import inkstone.tensor.Gradients;
import inkstone.tensor.Scope;
import inkstone.tensor.Tensor;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class MuonTest {

  /** Queries of 32, keys and values of 16 rows: parts of two sizes in one matrix. */
  private static final DecoderConfig CONFIG =
      new DecoderConfig(
          inkstone.model.Family.LLAMA, 40, 8, 32, 2, 4, 2, 8, 96, false, true, 1e-5, 10_000);

  private static Recipe recipe(double weightDecay) {
    return Recipe.DEFAULTS.with(
        new Recipe.Optimizer(Recipe.Optimizer.Kind.muon, 1, 0.9, 0.95, 1e-8, weightDecay, 0, 0.95));
  }

  private static TokenBatch batch() {
    var random = new SplittableRandom(1);
    return new TokenBatch(random.ints(16, 0, 40).toArray(), random.ints(16, 0, 40).toArray(), 2, 8);
  }

  private static Map<String, float[]> weights(Decoder decoder) {
    var weights = new LinkedHashMap<String, float[]>();
    decoder.parameters().forEach((name, weight) -> weights.put(name, weight.toFloats()));
    return weights;
  }

  private static double rootMeanSquare(float[] a, float[] b, int from, int to) {
    double sum = 0;
    for (int i = from; i < to; i++) {
      sum += Math.pow(a[i] - b[i], 2);
    }
    return Math.sqrt(sum / (to - from));
  }

  /**
   * A fifth of the rate where all singular values of the gradient count, less where few tokens
   * leave some at zero; AdamW's first update is the rate itself.
   */
  @ParameterizedTest
  @EnumSource(names = {"FLOAT32", "BFLOAT16"})
  void everyProjectionMovesByAFifthOfTheRateAtMost(DType compute) {
    try (var decoder = Decoder.random(CONFIG, 1);
        var trainer = new Trainer(decoder, recipe(0), compute)) {
      var before = weights(decoder);
      trainer.accumulate(batch());
      trainer.step(0.01);
      var after = weights(decoder);
      decoder
          .projections()
          .forEach(
              (name, parts) -> {
                var old = Objects.requireNonNull(before.get(name));
                int columns = old.length / parts.stream().mapToInt(Long::intValue).sum();
                int from = 0;
                for (long rows : parts) {
                  int to = from + (int) rows * columns;
                  double moved =
                      rootMeanSquare(old, Objects.requireNonNull(after.get(name)), from, to);
                  assertEquals(0.0016, moved, 0.0008, name + " from " + from);
                  from = to;
                }
              });
      var norm = "model.layers.0.input_layernorm.weight";
      assertEquals(
          0.01,
          rootMeanSquare(
              Objects.requireNonNull(before.get(norm)),
              Objects.requireNonNull(after.get(norm)),
              0,
              32),
          1e-4);
    }
  }

  @Test
  void hiddenMatricesHaveAMomentumAndTheRestMoments() {
    try (var decoder = Decoder.random(CONFIG, 1);
        var optimizer = Optimizer.of(decoder, recipe(0).optimizer(), DType.FLOAT32)) {
      var names = optimizer.state().keySet();
      assertEquals(8, names.stream().filter(n -> n.endsWith("_proj.weight.momentum")).count());
      assertEquals(8, names.stream().filter(n -> n.endsWith(".momentum")).count());
      assertTrue(names.contains("model.embed_tokens.weight.second"));
      assertTrue(names.contains("model.norm.weight.first"));
      assertEquals(8 + 2 * 6, names.size());
      var lacking = new LinkedHashMap<>(optimizer.state());
      lacking.remove("model.layers.1.mlp.down_proj.weight.momentum");
      var e = assertThrows(TrainingException.class, () -> optimizer.restore(1, lacking));
      assertEquals(
          "the checkpoint lacks the optimizer's 'model.layers.1.mlp.down_proj.weight.momentum'",
          e.getMessage());
      lacking.putAll(optimizer.state());
      lacking.remove("model.norm.weight.first");
      assertThrows(TrainingException.class, () -> optimizer.restore(1, lacking));
    }
  }

  @Test
  void withoutAGradientNothingMovesAndDecayAloneShrinks() {
    try (var decoder = Decoder.random(CONFIG, 1);
        var trainer = new Trainer(decoder, recipe(0.5), DType.FLOAT32)) {
      var name = "model.layers.0.mlp.gate_up_proj.weight";
      var weight = Objects.requireNonNull(decoder.parameters().get(name));
      var before = weight.toFloats();
      trainer.step(0.1);
      assertArrayEquals(before, weight.toFloats());
      trainer.accumulate(batch());
      trainer.step(0);
      assertArrayEquals(before, weight.toFloats());
      assertEquals(2, trainer.optimizer().steps());
      // A gradient of zero and no momentum yet: what is left is the decay.
      trainer.accumulate(batch());
      try (var fresh = Optimizer.of(decoder, recipe(0.5).optimizer(), DType.FLOAT32);
          var scope = Scope.open();
          var off = Gradients.off()) {
        weight.grad().orElseThrow().mulInPlace(0);
        fresh.step(0.1);
      }
      var after = weight.toFloats();
      assertNotEquals(0, before[0]);
      for (int i = 0; i < before.length; i++) {
        assertEquals(0.95 * before[i], after[i], 1e-7);
      }
    }
  }

  @Test
  void closingFreesAll() {
    long live = Tensor.live();
    try (var decoder = Decoder.random(CONFIG, 1);
        var trainer = new Trainer(decoder, recipe(0.1), DType.FLOAT32)) {
      trainer.accumulate(batch());
      trainer.step(0.1);
    }
    assertEquals(live, Tensor.live());
  }
}
