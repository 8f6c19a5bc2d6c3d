package inkstone.model;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import inkstone.tensor.Gradients;
import inkstone.tensor.Safetensors;
import inkstone.tensor.Scope;
import inkstone.tensor.Tensor;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Tiny models made by Transformers: the same logits and the same greedy text. */
class TransformersTest {

  private static final Path MODELS = Path.of("src/test/resources/models");

  @ParameterizedTest
  @ValueSource(strings = {"gpt2-tiny", "llama-tiny", "llama-tiny-tied"})
  void sameLogits(String name) {
    try (var decoder = ModelDirectory.open(MODELS.resolve(name));
        var scope = Scope.open();
        var off = Gradients.off()) {
      var expected = expected(name);
      var ids = expected.get("input_ids");
      var logits = decoder.forward(Batch.training(ids.reshape(-1), 2, 0));
      assertClose(expected.get("logits").toFloats(), logits.toFloats());
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"gpt2-tiny", "llama-tiny", "llama-tiny-tied"})
  void sameLogitsWhereGradientsAreRecorded(String name) {
    try (var decoder = ModelDirectory.open(MODELS.resolve(name));
        var scope = Scope.open()) {
      decoder.parameters().values().forEach(p -> p.requiresGrad(true));
      var expected = expected(name);
      var logits = decoder.forward(Batch.training(expected.get("input_ids").reshape(-1), 2, 0));
      assertClose(expected.get("logits").toFloats(), logits.toFloats());
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"gpt2-tiny", "llama-tiny", "llama-tiny-tied"})
  void sequencesOfDifferentLengthsDoNotSeeEachOther(String name) {
    try (var decoder = ModelDirectory.open(MODELS.resolve(name));
        var scope = Scope.open();
        var off = Gradients.off()) {
      var expected = expected(name);
      var rows = expected.get("input_ids");
      var packed = Tensor.concat(0, List.of(rows.select(0, 0).narrow(0, 0, 5), rows.select(0, 1)));
      var spans = List.of(new Batch.Span(0, 0, 5), new Batch.Span(1, 0, 16));
      var batch =
          new Batch(
              new Batch.Ids(packed),
              spans,
              AttentionPattern.CAUSAL,
              Optional.empty(),
              Batch.Rows.LAST,
              0,
              false);
      var logits = expected.get("logits");
      var wanted =
          Tensor.concat(
              0,
              List.of(logits.select(0, 0).narrow(0, 4, 1), logits.select(0, 1).narrow(0, 15, 1)));
      assertClose(wanted.toFloats(), decoder.forward(batch).toFloats());
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"gpt2-tiny", "llama-tiny", "llama-tiny-tied"})
  void sameGreedyTextThroughACacheFilledInChunks(String name) {
    try (var decoder = ModelDirectory.open(MODELS.resolve(name));
        var scope = Scope.open();
        var off = Gradients.off();
        var cache = new GrowingCache(decoder.config())) {
      var greedy = expected(name).get("greedy").toLongs();
      var ids = new ArrayList<Long>();
      for (int i = 0; i < 8; i++) {
        ids.add(greedy[i]);
      }
      decoder.forward(Batch.decoding(Tensor.of(Arrays.copyOf(greedy, 3)), 0, cache));
      var next =
          decoder.forward(Batch.decoding(Tensor.of(Arrays.copyOfRange(greedy, 3, 8)), 3, cache));
      while (ids.size() < greedy.length) {
        ids.add(next.argmax(-1).toLongs()[0]);
        next =
            decoder.forward(
                Batch.decoding(Tensor.of(new long[] {ids.getLast()}, 1), ids.size() - 1, cache));
      }
      assertEquals(Arrays.stream(greedy).boxed().toList(), ids);
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"gpt2-tiny", "llama-tiny", "llama-tiny-tied"})
  void savingKeepsEveryNumberAndName(String name, @TempDir Path saved) throws Exception {
    try (var decoder = ModelDirectory.open(MODELS.resolve(name));
        var scope = Scope.open()) {
      ModelDirectory.save(saved, decoder, OptionalInt.of(7));
      var original = Safetensors.read(MODELS.resolve(name).resolve("model.safetensors"));
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
      assertEquals(
          "{\n  \"bos_token_id\" : 7,\n  \"eos_token_id\" : 7\n}\n",
          Files.readString(saved.resolve("generation_config.json")));
    }
  }

  private static Map<String, Tensor> expected(String name) {
    return Safetensors.read(MODELS.resolve(name).resolve("expected.safetensors"));
  }

  private static void assertClose(float[] expected, float[] actual) {
    assertArrayEquals(expected, actual, 1e-4f);
  }
}
