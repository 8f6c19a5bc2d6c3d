package inkstone.train;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import inkstone.data.TokenBatch;
import inkstone.model.Decoder;
import inkstone.model.DecoderConfig;
import inkstone.tensor.DType;
import inkstone.tensor.Scope;
import inkstone.tensor.Tensor;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class TrainerTest {

  private static final DecoderConfig CONFIG = DecoderConfig.llama(40, 8, 16, 1, 2);

  private static Recipe recipe(double dropout) {
    var m = Recipe.DEFAULTS.model();
    return Recipe.DEFAULTS.with(new Recipe.Model(m.family(), 1, 2, 0, 16, 0, 8, m.bias(), dropout));
  }

  private static TokenBatch batch(long seed) {
    var random = new SplittableRandom(seed);
    return new TokenBatch(random.ints(16, 0, 40).toArray(), random.ints(16, 0, 40).toArray(), 2, 8);
  }

  private static float[] gradient(Decoder decoder) {
    try (var scope = Scope.open()) {
      return Objects.requireNonNull(decoder.parameters().get("model.embed_tokens.weight"))
          .grad()
          .orElseThrow()
          .toFloats();
    }
  }

  @Test
  void reduceGivesTheMeanOfWhatWasAccumulated() {
    try (var decoder = Decoder.random(CONFIG, 1);
        var trainer = new Trainer(decoder, recipe(0), DType.FLOAT32)) {
      trainer.accumulate(batch(1));
      var once = gradient(decoder);
      trainer.reduce();
      assertArrayEquals(once, gradient(decoder));
      trainer.accumulate(batch(1));
      trainer.accumulate(batch(1));
      trainer.reduce();
      // The first gradient was kept: three halves of it now.
      var more = gradient(decoder);
      for (int i = 0; i < once.length; i++) {
        assertEquals(1.5 * once[i], more[i], 1e-6);
      }
    }
  }

  @Test
  void clipShortensALongGradientAlone() {
    try (var decoder = Decoder.random(CONFIG, 1);
        var trainer = new Trainer(decoder, recipe(0), DType.FLOAT32)) {
      trainer.accumulate(batch(1));
      double norm = trainer.clip(0);
      assertTrue(norm > 0.1);
      assertEquals(norm, trainer.clip(2 * norm));
      assertEquals(norm, trainer.clip(norm / 2));
      assertEquals(norm / 2, trainer.clip(0), 1e-5 * norm);
    }
  }

  @Test
  void stepMovesWeightsAndForgetsTheGradient() {
    try (var decoder = Decoder.random(CONFIG, 1);
        var trainer = new Trainer(decoder, recipe(0), DType.FLOAT32)) {
      var weight = Objects.requireNonNull(decoder.parameters().get("model.embed_tokens.weight"));
      var before = weight.toFloats();
      trainer.accumulate(batch(1));
      trainer.step(0);
      assertArrayEquals(before, weight.toFloats());
      assertTrue(weight.grad().isEmpty());
      trainer.accumulate(batch(1));
      trainer.step(0.01);
      assertNotEquals(before[0], weight.toFloats()[0]);
      assertEquals(2, trainer.optimizer().steps());
    }
  }

  @Test
  void dropoutFollowsFromSeedAndStepAlone() {
    double first;
    double second;
    try (var decoder = Decoder.random(CONFIG, 1);
        var trainer = new Trainer(decoder, recipe(0.5), DType.FLOAT32)) {
      first = trainer.accumulate(batch(1));
      second = trainer.accumulate(batch(1));
      assertNotEquals(first, second);
    }
    try (var decoder = Decoder.random(CONFIG, 1);
        var trainer = new Trainer(decoder, recipe(0.5), DType.FLOAT32)) {
      inkstone.tensor.Random.seed(99);
      assertEquals(first, trainer.accumulate(batch(1)));
      inkstone.tensor.Random.seed(98);
      assertEquals(second, trainer.accumulate(batch(1)));
      trainer.reduce();
      trainer.step(0);
      assertNotEquals(first, trainer.accumulate(batch(1)));
    }
  }

  @Test
  void closingLeavesTheNetworkToItsOwner() {
    long live = Tensor.live();
    try (var decoder = Decoder.random(CONFIG, 1)) {
      var weight = decoder.parameters().firstEntry().getValue();
      try (var trainer = new Trainer(decoder, recipe(0), DType.BFLOAT16)) {
        assertTrue(weight.requiresGrad());
        assertEquals(Math.log(40), trainer.accumulate(batch(1)), 0.1);
        trainer.step(0.01);
      }
      assertFalse(weight.requiresGrad());
      assertEquals(40 * 16, weight.toFloats().length);
    }
    assertEquals(live, Tensor.live());
  }

  /** Algorithm 2 of Loshchilov and Hutter, worked out by hand for one weight of each kind. */
  @Test
  void matricesDecayAndVectorsDoNot() {
    var parameters = new LinkedHashMap<String, Tensor>();
    try (var scope = Scope.open()) {
      var matrix = Tensor.of(new float[] {2}, 1, 1).requiresGrad(true);
      var vector = Tensor.of(new float[] {2}, 1).requiresGrad(true);
      var idle = Tensor.of(new float[] {2}, 1, 1).requiresGrad(true);
      parameters.put("matrix", matrix);
      parameters.put("vector", vector);
      parameters.put("idle", idle);
      var settings =
          new Recipe.Optimizer(Recipe.Optimizer.Kind.adamw, 1, 0.5, 0.75, 1e-8, 0.25, 0, 0.95);
      try (var optimizer = new AdamW(parameters, settings)) {
        matrix.mul(3).add(vector.mul(3)).sum().backward();
        try (var off = inkstone.tensor.Gradients.off()) {
          optimizer.step(0.1);
        }
        // The first step of Adam is the rate itself, whatever the gradient.
        assertEquals(2 * (1 - 0.1 * 0.25) - 0.1, matrix.item(), 1e-6);
        assertEquals(2 - 0.1, vector.item(), 1e-6);
        assertEquals(2, idle.item());
        var first = Objects.requireNonNull(optimizer.state().get("vector.first"));
        var second = Objects.requireNonNull(optimizer.state().get("vector.second"));
        assertEquals(1.5, first.item(), 1e-6);
        assertEquals(0.25 * 9, second.item(), 1e-6);
        assertEquals(6, optimizer.state().size());
        var e = assertThrows(TrainingException.class, () -> optimizer.restore(4, Map.of()));
        assertEquals("the checkpoint lacks the optimizer's 'matrix.first'", e.getMessage());
      }
    }
  }
}
