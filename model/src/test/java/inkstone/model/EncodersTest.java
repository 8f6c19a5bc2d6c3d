package inkstone.model;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import inkstone.tensor.Device;
import inkstone.tensor.Gradients;
import inkstone.tensor.Safetensors;
import inkstone.tensor.Scope;
import inkstone.tensor.Tensor;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Tiny encoders made by Transformers: the same hidden states and logits, and the same files. */
class EncodersTest {

  private static final Path MODELS = Path.of("src/test/resources/encoders");

  static Stream<String> models() {
    return Stream.of("bert", "roberta", "distilbert")
        .flatMap(
            f -> Stream.of("base", "mlm", "classify", "tokens", "answers").map(h -> f + "-" + h));
  }

  @ParameterizedTest
  @MethodSource("models")
  void sameHiddenStatesAndLogits(String name) {
    try (var encoder = EncoderDirectory.open(MODELS.resolve(name));
        var scope = Scope.open();
        var off = Gradients.off()) {
      compare(name, encoder);
    }
  }

  @ParameterizedTest
  @MethodSource("models")
  void sameWhereGradientsAreRecorded(String name) {
    try (var encoder = EncoderDirectory.open(MODELS.resolve(name));
        var scope = Scope.open()) {
      encoder.parameters().values().forEach(weight -> weight.requiresGrad(true));
      compare(name, encoder);
    }
  }

  private static void compare(String name, Encoder encoder) {
    var expected = Safetensors.read(MODELS.resolve(name).resolve("expected.safetensors"));
    var batch = batch(expected);
    assertArrayEquals(floats(expected, "hidden"), encoder.hidden(batch).toFloats(), 1e-4f);
    if (expected.containsKey("logits")) {
      var logits = encoder.forward(batch);
      assertArrayEquals(Objects.requireNonNull(expected.get("logits")).shape(), logits.shape());
      assertArrayEquals(floats(expected, "logits"), logits.toFloats(), 1e-4f);
    }
  }

  private static EncoderBatch batch(Map<String, Tensor> expected) {
    return EncoderBatch.of(
        ints(expected, "ids"), ints(expected, "types"), ints(expected, "lengths"), 0, Device.CPU);
  }

  private static float[] floats(Map<String, Tensor> expected, String name) {
    return Objects.requireNonNull(expected.get(name)).toFloats();
  }

  private static int[] ints(Map<String, Tensor> expected, String name) {
    return Arrays.stream(Objects.requireNonNull(expected.get(name)).toLongs())
        .mapToInt(Math::toIntExact)
        .toArray();
  }

  @ParameterizedTest
  @MethodSource("models")
  void savesTheFileThatTransformersWrote(String name, @TempDir Path folder) {
    try (var encoder = EncoderDirectory.open(MODELS.resolve(name));
        var scope = Scope.open()) {
      EncoderDirectory.save(folder, encoder);
      var theirs = Safetensors.read(MODELS.resolve(name).resolve("model.safetensors"));
      var ours = Safetensors.read(folder.resolve("model.safetensors"));
      assertEquals(new TreeSet<>(theirs.keySet()), new TreeSet<>(ours.keySet()));
      new TreeMap<>(theirs)
          .forEach(
              (key, tensor) -> assertArrayEquals(tensor.toFloats(), floats(ours, key), 0, key));
      var before = ModelDirectory.read(MODELS.resolve(name).resolve("config.json"));
      var after = ModelDirectory.read(folder.resolve("config.json"));
      after
          .properties()
          .forEach(e -> assertEquals(before.get(e.getKey()), e.getValue(), e.getKey()));
      try (var again = EncoderDirectory.open(folder)) {
        assertEquals(encoder.config(), again.config());
      }
    }
  }

  @Test
  void chosenRowsAreRowsOfAll() {
    try (var encoder = EncoderDirectory.open(MODELS.resolve("roberta-mlm"));
        var scope = Scope.open();
        var off = Gradients.off()) {
      var expected =
          Safetensors.read(MODELS.resolve("roberta-mlm").resolve("expected.safetensors"));
      var some = encoder.forward(batch(expected).rows(List.of(20, 3)));
      var all = Objects.requireNonNull(expected.get("logits"));
      assertArrayEquals(all.select(0, 20).toFloats(), some.select(0, 0).toFloats(), 1e-4f);
      assertArrayEquals(all.select(0, 3).toFloats(), some.select(0, 1).toFloats(), 1e-4f);
    }
  }

  @Test
  void poolsMeansAndFirstTokens() {
    try (var encoder = EncoderDirectory.open(MODELS.resolve("bert-base"));
        var scope = Scope.open();
        var off = Gradients.off()) {
      var expected = Safetensors.read(MODELS.resolve("bert-base").resolve("expected.safetensors"));
      var hidden = Objects.requireNonNull(expected.get("hidden"));
      var lengths = ints(expected, "lengths");
      var means = encoder.pooled(batch(expected), Pooling.MEAN);
      var firsts = encoder.pooled(batch(expected), Pooling.CLS);
      int start = 0;
      for (int i = 0; i < lengths.length; i++) {
        var mean = new float[16];
        for (int t = start; t < start + lengths[i]; t++) {
          var row = hidden.select(0, t).toFloats();
          for (int d = 0; d < mean.length; d++) {
            mean[d] += row[d] / lengths[i];
          }
        }
        assertArrayEquals(mean, means.select(0, i).toFloats(), 1e-4f);
        assertArrayEquals(
            hidden.select(0, start).toFloats(), firsts.select(0, i).toFloats(), 1e-4f);
        start += lengths[i];
      }
    }
  }

  @Test
  void anotherHeadKeepsTheBodyAndTheLayerOfTheFirstToken() {
    try (var base = EncoderDirectory.open(MODELS.resolve("bert-base"));
        var classifier = base.with(new EncoderHead.Classification(List.of("a", "b")), 3);
        var masked = base.with(new EncoderHead.MaskedLanguage(), 3)) {
      base.parameters()
          .forEach(
              (name, weight) ->
                  assertArrayEquals(
                      weight.toFloats(), floats(classifier.parameters(), name), 0, name));
      assertTrue(
          !Arrays.equals(
              floats(base.parameters(), "head.dense.weight"),
              floats(masked.parameters(), "head.dense.weight")));
    }
  }

  @Test
  void readsAndWritesHowSentencesArePooled(@TempDir Path folder) throws IOException {
    assertEquals(SentencePooling.USUAL, SentencePooling.read(folder));
    try (var encoder = EncoderDirectory.open(MODELS.resolve("bert-base"))) {
      for (var pooling :
          List.of(
              new SentencePooling(Pooling.CLS, false, 17),
              new SentencePooling(Pooling.MEAN, true, 9))) {
        pooling.write(folder, encoder.config());
        assertEquals(pooling, SentencePooling.read(folder));
      }
    }
    var file = folder.resolve("1_Pooling/config.json");
    Files.writeString(file, "{\"pooling_mode_max_tokens\": true}");
    var e = assertThrows(ModelException.class, () -> SentencePooling.read(folder));
    assertEquals(
        file + ": only the pooling of mean tokens, or of the cls token, is supported",
        e.getMessage());
  }

  @Test
  void refusesWhatItDoesNotKnow(@TempDir Path folder) throws IOException {
    Files.copy(
        MODELS.resolve("bert-classify/model.safetensors"), folder.resolve("model.safetensors"));
    var config = Files.readString(MODELS.resolve("bert-classify/config.json"));
    refused(folder, config.replace("\"bert\"", "\"gpt2\""), "model_type 'gpt2' is no encoder");
    refused(folder, config.replace("\"gelu\"", "\"mish\""), "hidden_act 'mish' is not supported");
    refused(folder, config.replace("\"is_decoder\": false", "\"is_decoder\": true"), "is_decoder");
    refused(
        folder,
        config.replace("BertForSequenceClassification", "BertForFun"),
        "'BertForFun' is not");
    refused(
        folder, config.replace("\"2\": \"good\"", "\"2\": \"bad\""), "labels must be different");
    refused(
        folder, config.replace("BertForSequenceClassification", "BertForMaskedLM"), "is missing");
    refused(
        folder, config.replace("\"vocab_size\": 64", "\"vocab_size\": 65"), "asks for [65, 16]");
    refused(
        folder,
        config.replace("\"num_attention_heads\": 4", "\"num_attention_heads\": 3"),
        "3 heads");
  }

  private static void refused(Path folder, String config, String words) throws IOException {
    Files.writeString(folder.resolve("config.json"), config);
    long live = Tensor.live();
    var e = assertThrows(ModelException.class, () -> EncoderDirectory.open(folder));
    assertTrue(String.valueOf(e.getMessage()).contains(words), e.getMessage());
    assertEquals(live, Tensor.live());
  }

  @Test
  void refusesMoreThanTheContext() {
    try (var encoder = EncoderDirectory.open(MODELS.resolve("distilbert-base"));
        var scope = Scope.open()) {
      var batch = EncoderBatch.of(new int[25], new int[25], new int[] {25}, 0, Device.CPU);
      var e = assertThrows(ModelException.class, () -> encoder.hidden(batch));
      assertEquals("25 tokens do not fit the context of 24", e.getMessage());
    }
  }
}
