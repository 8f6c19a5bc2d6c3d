package inkstone.model;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import inkstone.model.Batch.Span;
import inkstone.tensor.DType;
import inkstone.tensor.Device;
import inkstone.tensor.Gradients;
import inkstone.tensor.Random;
import inkstone.tensor.Scope;
import inkstone.tensor.Tensor;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class DecoderTest {

  private long before;
  private Scope scope;

  @BeforeEach
  void open() {
    before = Tensor.live();
    scope = Scope.open();
  }

  @AfterEach
  void close() {
    scope.close();
    assertEquals(before, Tensor.live(), "nothing is left");
  }

  static List<DecoderConfig> configs() {
    return Models.all();
  }

  private static Batch batch(Batch.Inputs inputs, AttentionPattern pattern, Batch.Rows rows) {
    return new Batch(
        inputs,
        List.of(new Span(0, 0, 4), new Span(1, 0, 2)),
        pattern,
        Optional.empty(),
        rows,
        0,
        false);
  }

  private static final int[] IDS = {3, 1, 4, 1, 5, 9};

  private static double deviation(Tensor weight) {
    return Math.sqrt(weight.mul(weight).mean().item());
  }

  @Test
  void randomWeightsHaveTheirDeviations() {
    for (var config :
        List.of(DecoderConfig.gpt2(400, 100, 64, 3, 4), DecoderConfig.llama(400, 100, 64, 3, 4))) {
      try (var decoder = Decoder.random(config, Models.SEED)) {
        assertEquals(Layout.of(config).keySet(), decoder.parameters().keySet());
        decoder
            .parameters()
            .forEach(
                (name, weight) -> {
                  assertEquals(DType.FLOAT32, weight.dtype());
                  assertFalse(weight.requiresGrad());
                  assertArrayEquals(Layout.of(config).get(name), weight.shape(), name);
                  if (name.endsWith(".bias")) {
                    assertArrayEquals(new float[(int) weight.count()], weight.toFloats(), name);
                  } else if (weight.rank() == 1) {
                    var ones = new float[(int) weight.count()];
                    Arrays.fill(ones, 1);
                    assertArrayEquals(ones, weight.toFloats(), name);
                  } else {
                    boolean residual = name.endsWith("o_proj.weight") || name.contains("down");
                    double expected = residual ? 0.02 / Math.sqrt(6) : 0.02;
                    double error = 5 / Math.sqrt(2.0 * weight.count());
                    assertEquals(1, deviation(weight) / expected, error, name);
                    assertEquals(0, weight.mean().item(), 5 * expected / Math.sqrt(weight.count()));
                  }
                });
      }
    }
  }

  @Test
  void aSeedGivesTheSameNetwork() {
    var config = Models.llama(4, 2);
    try (var one = Decoder.random(config, 5);
        var two = Decoder.random(config, 5);
        var other = Decoder.random(config, 6)) {
      one.parameters()
          .forEach(
              (name, weight) -> {
                assertArrayEquals(weight.toFloats(), two.parameters().get(name).toFloats());
                if (weight.rank() == 2) {
                  assertFalse(
                      Arrays.equals(weight.toFloats(), other.parameters().get(name).toFloats()));
                }
              });
    }
  }

  @Test
  void aTiedHeadIsTheEmbedding() {
    try (var tied = Decoder.random(Models.gpt2(true, true), 1);
        var own = Decoder.random(Models.gpt2(true, false), 1)) {
      assertFalse(tied.parameters().containsKey("lm_head.weight"));
      assertTrue(own.parameters().containsKey("lm_head.weight"));
      assertThrows(UnsupportedOperationException.class, () -> own.parameters().clear());
    }
  }

  @ParameterizedTest
  @MethodSource("configs")
  void lastRowsAreThoseOfAll(DecoderConfig config) {
    try (var decoder = Models.lively(config)) {
      var inputs = new Batch.Ids(Models.ids(IDS));
      for (var pattern : AttentionPattern.values()) {
        var all = decoder.forward(batch(inputs, pattern, Batch.Rows.ALL));
        var last = decoder.forward(batch(inputs, pattern, Batch.Rows.LAST));
        assertArrayEquals(new long[] {6, config.vocabulary()}, all.shape());
        assertArrayEquals(new long[] {2, config.vocabulary()}, last.shape());
        assertArrayEquals(all.indexSelect(0, Models.ids(3, 5)).toFloats(), last.toFloats(), 1e-4f);
        var chosen = decoder.forward(batch(inputs, pattern, new Batch.Chosen(List.of(4, 0, 1))));
        assertArrayEquals(
            all.indexSelect(0, Models.ids(4, 0, 1)).toFloats(), chosen.toFloats(), 1e-4f);
      }
    }
  }

  @ParameterizedTest
  @MethodSource("configs")
  void readyEmbeddingsEqualTheirIds(DecoderConfig config) {
    try (var decoder = Models.lively(config)) {
      var ids = Models.ids(IDS);
      var ready =
          new Embedding(new Weight.Dense(decoder.parameters().get("model.embed_tokens.weight")))
              .forward(ids);
      assertArrayEquals(
          decoder
              .forward(batch(new Batch.Ids(ids), AttentionPattern.CAUSAL, Batch.Rows.ALL))
              .toFloats(),
          decoder
              .forward(batch(new Batch.Embeddings(ready), AttentionPattern.CAUSAL, Batch.Rows.ALL))
              .toFloats());
    }
  }

  /** Changing a token changes its own and later rows; before it only where all see all. */
  @ParameterizedTest
  @MethodSource("configs")
  void thePatternSaysWhoSeesWhom(DecoderConfig config) {
    try (var decoder = Models.lively(config)) {
      for (var pattern : AttentionPattern.values()) {
        for (boolean recorded : new boolean[] {false, true}) {
          decoder.parameters().values().forEach(p -> p.requiresGrad(recorded));
          var one = rows(decoder, pattern, 3, 1, 4, 1, 5, 9);
          var other = rows(decoder, pattern, 3, 1, 7, 1, 5, 9);
          for (int row = 0; row < 6; row++) {
            boolean sees = row < 4 && (pattern == AttentionPattern.FULL || row >= 2);
            assertEquals(
                sees,
                furthest(one[row], other[row]) > 1e-3,
                config.family() + " " + pattern + " row " + row);
          }
        }
      }
    }
  }

  private static float[][] rows(Decoder decoder, AttentionPattern pattern, int... ids) {
    var logits = decoder.forward(batch(new Batch.Ids(Models.ids(ids)), pattern, Batch.Rows.ALL));
    var rows = new float[ids.length][];
    for (int i = 0; i < rows.length; i++) {
      rows[i] = logits.select(0, i).toFloats();
    }
    return rows;
  }

  private static double furthest(float[] a, float[] b) {
    double furthest = 0;
    for (int i = 0; i < a.length; i++) {
      furthest = Math.max(furthest, Math.abs(a[i] - b[i]));
    }
    return furthest;
  }

  /** Grouped heads are plain heads whose keys and values come again for each head of the group. */
  @Test
  void groupedQueriesShareTheirKeysAndValues() {
    var grouped = Models.llama(4, 2);
    var plain = Models.llama(4, 4);
    try (var decoder = Models.lively(grouped)) {
      var weights = new LinkedHashMap<String, Tensor>();
      decoder
          .parameters()
          .forEach(
              (name, weight) -> {
                if (name.contains("qkv_proj")) {
                  // 4 heads of queries, 2 of keys, 2 of values, 4 numbers each.
                  var heads = weight.reshape(8, 4, 16);
                  var order = Models.ids(0, 1, 2, 3, 4, 4, 5, 5, 6, 6, 7, 7);
                  weights.put(name, heads.indexSelect(0, order).reshape(48, 16));
                } else {
                  weights.put(name, weight.copy());
                }
              });
      try (var wide = Decoder.of(plain, weights)) {
        var batch = batch(new Batch.Ids(Models.ids(IDS)), AttentionPattern.CAUSAL, Batch.Rows.ALL);
        assertArrayEquals(wide.forward(batch).toFloats(), decoder.forward(batch).toFloats(), 1e-4f);
      }
    }
  }

  @ParameterizedTest
  @MethodSource("configs")
  void bfloat16StaysNear(DecoderConfig config) {
    try (var decoder = Decoder.random(config, 3)) {
      var narrow = decoder.computing(DType.BFLOAT16);
      var batch = batch(new Batch.Ids(Models.ids(IDS)), AttentionPattern.CAUSAL, Batch.Rows.ALL);
      var logits = narrow.forward(batch);
      assertEquals(DType.BFLOAT16, logits.dtype());
      var precise = decoder.forward(batch);
      assertEquals(DType.FLOAT32, precise.dtype());
      double size = deviation(precise);
      assertTrue(furthest(precise.toFloats(), logits.toFloats()) < 0.1 * size, "of " + size);
      assertSame(
          decoder.parameters().get("model.norm.weight"),
          narrow.parameters().get("model.norm.weight"));
    }
  }

  @ParameterizedTest
  @MethodSource("configs")
  void everyWeightGetsAGradient(DecoderConfig config) {
    try (var decoder = Models.lively(config)) {
      decoder.parameters().values().forEach(p -> p.requiresGrad(true));
      var batch = Batch.training(Models.ids(IDS), 2, 0.1);
      Random.seed(1, 1);
      var logits = decoder.forward(batch);
      logits.mul(logits).sum().backward();
      decoder
          .parameters()
          .forEach(
              (name, weight) -> {
                // A key's bias moves all scores of a query alike, so only the whole is looked at.
                assertTrue(deviation(weight.grad().orElseThrow()) > 0, name);
                weight.clearGrad();
              });
    }
  }

  @ParameterizedTest
  @MethodSource("configs")
  void recomputedBlocksHaveTheSameGradients(DecoderConfig config) {
    try (var decoder = Models.lively(config);
        var scope = Scope.open()) {
      decoder.parameters().values().forEach(p -> p.requiresGrad(true));
      var targets = Tensor.of(IDS.clone(), IDS.length);
      var kept = new java.util.LinkedHashMap<String, float[]>();
      for (boolean recompute : new boolean[] {false, true}) {
        var batch = Batch.training(Models.ids(IDS), 2, 0.1).recompute(recompute);
        Random.seed(1, 1);
        decoder.loss(batch, targets, 0.1, 1e-3).backward();
        decoder
            .parameters()
            .forEach(
                (name, weight) -> {
                  var gradient = weight.grad().orElseThrow().toFloats();
                  weight.clearGrad();
                  if (recompute) {
                    assertArrayEquals(kept.get(name), gradient, 1e-5f, name);
                  } else {
                    kept.put(name, gradient);
                  }
                });
      }
    }
  }

  @Test
  void dropoutIsDrawnFromTheStreamAndOffWithoutIt() {
    try (var decoder = Models.lively(Models.llama(4, 2));
        var off = Gradients.off()) {
      var with = Batch.training(Models.ids(IDS), 2, 0.3);
      Random.seed(1, 1);
      var one = decoder.forward(with).toFloats();
      var two = decoder.forward(with).toFloats();
      Random.seed(1, 1);
      assertArrayEquals(one, decoder.forward(with).toFloats());
      assertTrue(furthest(one, two) > 1e-3);
      var without = Batch.training(Models.ids(IDS), 2, 0);
      assertArrayEquals(decoder.forward(without).toFloats(), decoder.forward(without).toFloats());
    }
  }

  @ParameterizedTest
  @MethodSource("configs")
  void theContextIsTheLongestSequence(DecoderConfig config) {
    try (var decoder = Decoder.random(config, 1);
        var cache = new GrowingCache(config)) {
      var whole = new int[12];
      assertEquals(12, decoder.forward(Batch.training(Models.ids(whole), 1, 0)).size(0));
      assertEquals(
          "13 tokens do not fit the context of 12",
          assertThrows(
                  ModelException.class,
                  () -> decoder.forward(Batch.training(Models.ids(new int[13]), 1, 0)))
              .getMessage());
      for (int start : new int[] {12, Integer.MAX_VALUE}) {
        assertEquals(
            (start + 1L) + " tokens do not fit the context of 12",
            assertThrows(
                    ModelException.class,
                    () -> decoder.forward(Batch.decoding(Models.ids(1), start, cache)))
                .getMessage());
      }
      assertEquals(1, decoder.forward(Batch.decoding(Models.ids(1), 11, cache)).size(0));
    }
  }

  @Test
  void missingAndMisshapenWeights() {
    var config = Models.llama(4, 2);
    try (var decoder = Decoder.random(config, 1)) {
      for (var name : decoder.parameters().keySet()) {
        var weights = new LinkedHashMap<>(decoder.parameters());
        weights.remove(name);
        assertEquals(
            "weight '" + name + "' is missing",
            assertThrows(ModelException.class, () -> Decoder.of(config, weights)).getMessage());
        var wrong = Tensor.zeros(DType.FLOAT32, Device.CPU, 3);
        weights.put(name, wrong);
        assertEquals(
            "weight '%s' is FLOAT32[3]; the configuration asks for %s"
                .formatted(name, Arrays.toString(decoder.parameters().get(name).shape())),
            assertThrows(ModelException.class, () -> Decoder.of(config, weights)).getMessage());
      }
    }
  }

  @Test
  void weightsThatDoNotFitStayInTheirScope() {
    var config = Models.llama(4, 2);
    long alive = Tensor.live();
    try (var inner = Scope.open()) {
      var weights = new LinkedHashMap<String, Tensor>();
      Layout.of(config)
          .forEach(
              (name, shape) -> weights.put(name, Tensor.zeros(DType.FLOAT32, Device.CPU, shape)));
      weights.remove("lm_head.weight");
      assertThrows(ModelException.class, () -> Decoder.of(config, weights));
    }
    assertEquals(alive, Tensor.live());
  }

  @Test
  void aForwardLeavesItsLogitsAlone() {
    try (var decoder = Decoder.random(Models.llama(4, 2), 1)) {
      var batch = Batch.training(Models.ids(IDS), 2, 0.1);
      long alive = Tensor.live();
      try (var logits = decoder.forward(batch)) {
        assertEquals(alive + 1, Tensor.live());
      }
      assertThrows(
          RuntimeException.class,
          () -> decoder.forward(Batch.training(Models.ids(1, 99), 1, 0)),
          "an id beyond the vocabulary");
    }
  }

  @Test
  void sameDeviceSameDecoder() {
    try (var decoder = Decoder.random(Models.llama(4, 2), 1)) {
      assertSame(decoder, decoder.to(Device.CPU));
      assertEquals(Device.CPU, decoder.device());
      assertEquals(Models.llama(4, 2), decoder.config());
    }
  }
}
