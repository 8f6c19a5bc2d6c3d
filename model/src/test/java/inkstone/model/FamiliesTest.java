package inkstone.model;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import inkstone.tensor.DType;
import inkstone.tensor.Device;
import inkstone.tensor.Gradients;
import inkstone.tensor.Safetensors;
import inkstone.tensor.Scope;
import inkstone.tensor.Tensor;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.TreeMap;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * A tiny model of every family, made by Transformers ({@code bench/fixtures/family_fixtures.py}):
 * sequences longer than windows and original contexts.
 */
class FamiliesTest {

  private static final Path FAMILIES = Path.of("src/test/resources/families");
  private static final int TOKENS = 24;

  @ValueSource(
      strings = {
        "llama3-tiny",
        "llama-linear-tiny",
        "llama-dynamic-tiny",
        "llama-yarn-tiny",
        "llama-bias-tiny",
        "mistral-tiny",
        "qwen2-tiny",
        "qwen3-tiny",
        "gemma2-tiny",
        "gemma3-tiny",
        "phi3-tiny",
        "olmo2-tiny",
        "mixtral-tiny",
        "qwen3-moe-tiny",
        "qwen3-moe-normalised-tiny"
      })
  @ParameterizedTest
  @java.lang.annotation.Retention(java.lang.annotation.RetentionPolicy.RUNTIME)
  private @interface EachFamily {}

  private static Map<String, Tensor> expected(String name) {
    return Safetensors.read(FAMILIES.resolve(name).resolve("expected.safetensors"));
  }

  private static void assertClose(Tensor expected, Tensor actual) {
    assertArrayEquals(expected.toFloats(), actual.toFloats(), 1e-4f);
  }

  @EachFamily
  void sameLogits(String name) {
    for (boolean recorded : new boolean[] {false, true}) {
      try (var decoder = ModelDirectory.open(FAMILIES.resolve(name));
          var scope = Scope.open()) {
        decoder.parameters().values().forEach(p -> p.requiresGrad(recorded));
        var expected = expected(name);
        var ids = expected.get("input_ids").reshape(-1);
        assertClose(expected.get("logits"), decoder.forward(Batch.training(ids, 2, 0)));
      }
    }
  }

  /** Each row alone, through the cache: in pieces, and token by token. */
  @EachFamily
  void sameLogitsThroughACache(String name) {
    try (var decoder = ModelDirectory.open(FAMILIES.resolve(name));
        var scope = Scope.open();
        var off = Gradients.off()) {
      var expected = expected(name);
      var cached = expected.getOrDefault("cached", expected.get("logits"));
      for (int row = 0; row < 2; row++) {
        try (var cache = new GrowingCache(decoder.config())) {
          var ids = expected.get("input_ids").select(0, row);
          int at = 0;
          for (long length : expected.get("chunks").toLongs()) {
            var batch = Batch.decoding(ids.narrow(0, at, length), at, cache);
            at += (int) length;
            var wanted = cached.select(0, row).narrow(0, at - 1, 1);
            assertClose(wanted, decoder.forward(batch));
          }
          assertEquals(TOKENS, at);
        }
        if (!expected.containsKey("cached")) {
          tokenByToken(decoder, expected.get("input_ids").select(0, row), cached.select(0, row));
        }
      }
    }
  }

  private static void tokenByToken(Decoder decoder, Tensor ids, Tensor logits) {
    try (var cache = new GrowingCache(decoder.config())) {
      for (int at = 0; at < TOKENS; at++) {
        var batch = Batch.decoding(ids.narrow(0, at, 1), at, cache);
        assertClose(logits.narrow(0, at, 1), decoder.forward(batch));
      }
    }
  }

  /** Both rows in one batch, the second a piece behind the first, every token's logits. */
  @EachFamily
  void sameLogitsInMixedBatches(String name) {
    try (var decoder = ModelDirectory.open(FAMILIES.resolve(name));
        var scope = Scope.open();
        var off = Gradients.off();
        var cache = new GrowingCache(decoder.config())) {
      var expected = expected(name);
      var cached = expected.getOrDefault("cached", expected.get("logits"));
      var chunks = expected.get("chunks").toLongs();
      var done = new int[2];
      for (int step = 0; step <= chunks.length; step++) {
        var ids = new ArrayList<Tensor>();
        var wanted = new ArrayList<Tensor>();
        var spans = new ArrayList<Batch.Span>();
        for (int row = 0; row < 2; row++) {
          int piece = step - row;
          if (piece >= 0 && piece < chunks.length) {
            int length = (int) chunks[piece];
            ids.add(expected.get("input_ids").select(0, row).narrow(0, done[row], length));
            wanted.add(cached.select(0, row).narrow(0, done[row], length));
            spans.add(new Batch.Span(row, done[row], length));
            done[row] += length;
          }
        }
        var batch = batch(Tensor.concat(0, ids), spans, Optional.of(cache));
        assertClose(Tensor.concat(0, wanted), decoder.forward(batch));
      }
    }
  }

  /** Sequences of different lengths packed without a cache. */
  @EachFamily
  void sequencesOfDifferentLengths(String name) {
    try (var decoder = ModelDirectory.open(FAMILIES.resolve(name));
        var scope = Scope.open();
        var off = Gradients.off()) {
      var expected = expected(name);
      var rows = expected.get("input_ids");
      var short_ = rows.select(0, 0).narrow(0, 0, 5);
      var spans = List.of(new Batch.Span(0, 0, 5), new Batch.Span(1, 0, TOKENS));
      var packed =
          decoder.forward(
              batch(Tensor.concat(0, List.of(short_, rows.select(0, 1))), spans, Optional.empty()));
      var alone =
          decoder.forward(batch(short_, List.of(new Batch.Span(0, 0, 5)), Optional.empty()));
      assertClose(alone, packed.narrow(0, 0, 5));
      assertClose(expected.get("logits").select(0, 1), packed.narrow(0, 5, TOKENS));
    }
  }

  private static Batch batch(Tensor ids, List<Batch.Span> spans, Optional<KvCache> cache) {
    return new Batch(
        new Batch.Ids(ids), spans, AttentionPattern.CAUSAL, cache, Batch.Rows.ALL, 0, false);
  }

  /** The loss, and of each weight's gradient its length and its product with the weight. */
  @EachFamily
  void sameGradients(String name) {
    for (boolean recompute : new boolean[] {false, true}) {
      try (var decoder = ModelDirectory.open(FAMILIES.resolve(name));
          var scope = Scope.open()) {
        decoder.parameters().values().forEach(p -> p.requiresGrad(true));
        var expected = expected(name);
        var ids = expected.get("input_ids");
        var inputs = ids.narrow(1, 0, TOKENS - 1).reshape(-1);
        var targets = ids.narrow(1, 1, TOKENS - 1).reshape(-1);
        var loss = decoder.loss(Batch.training(inputs, 2, 0).recompute(recompute), targets, 0, 0);
        assertEquals(expected.get("loss").item(), loss.item(), 1e-5);
        loss.backward();
        var gradients = expected.get("gradients").toFloats();
        int row = 0;
        for (var weight : byFileName(decoder).entrySet()) {
          var both = weight.getValue();
          double norm = Math.sqrt(both[1].mul(both[1]).sum().item());
          double along = both[0].mul(both[1]).sum().item();
          double size = Math.sqrt(both[0].mul(both[0]).sum().item());
          assertEquals(gradients[row], norm, 1e-4 * (1 + gradients[row]), weight.getKey());
          assertEquals(
              gradients[row + 1], along, 1e-4 * (1 + gradients[row] * size), weight.getKey());
          row += 2;
        }
        assertEquals(gradients.length, row);
      }
    }
  }

  /** Weights and their gradients under the names of the file; zeros for experts without tokens. */
  private static TreeMap<String, Tensor[]> byFileName(Decoder decoder) {
    var weights = new LinkedHashMap<String, Tensor>();
    var gradients = new LinkedHashMap<String, Tensor>();
    decoder
        .parameters()
        .forEach(
            (name, weight) -> {
              weights.put(name, weight.detach());
              gradients.put(
                  name,
                  weight
                      .grad()
                      .orElseGet(() -> Tensor.zeros(DType.FLOAT32, Device.CPU, weight.shape())));
            });
    var format = decoder.config().family().format();
    var slopes = format.toFile(decoder.config(), gradients);
    var byName = new TreeMap<String, Tensor[]>();
    format
        .toFile(decoder.config(), weights)
        .forEach((name, w) -> byName.put(name, new Tensor[] {w, slopes.get(name)}));
    return byName;
  }

  @EachFamily
  void savingKeepsEveryNumberNameAndChoice(String name, @TempDir Path saved) {
    try (var decoder = ModelDirectory.open(FAMILIES.resolve(name));
        var scope = Scope.open()) {
      ModelDirectory.save(saved, decoder, OptionalInt.of(7));
      var original = Safetensors.read(FAMILIES.resolve(name).resolve("model.safetensors"));
      var written = Safetensors.read(saved.resolve("model.safetensors"));
      assertEquals(original.keySet(), written.keySet());
      original.forEach(
          (key, tensor) -> {
            assertArrayEquals(tensor.shape(), written.get(key).shape(), key);
            assertArrayEquals(tensor.toFloats(), written.get(key).toFloats(), key);
          });
      try (var again = ModelDirectory.open(saved)) {
        assertEquals(decoder.config(), again.config());
      }
    }
  }

  @EachFamily
  void parametersAreCounted(String name) {
    try (var decoder = ModelDirectory.open(FAMILIES.resolve(name))) {
      var config = decoder.config();
      assertEquals(
          decoder.parameters().values().stream().mapToLong(Tensor::count).sum(),
          config.parameters());
      boolean experts = config.style().blocks().stream().anyMatch(b -> b.experts().isPresent());
      assertTrue(config.matmulParameters() < config.parameters());
      assertTrue(experts || config.matmulParameters() > config.parameters() * 0.8, name);
    }
  }
}
