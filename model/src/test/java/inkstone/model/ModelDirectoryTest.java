package inkstone.model;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import inkstone.tensor.DType;
import inkstone.tensor.Gradients;
import inkstone.tensor.Safetensors;
import inkstone.tensor.Scope;
import inkstone.tensor.Tensor;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.OptionalInt;
import java.util.Random;
import java.util.TreeSet;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Directories that are good, damaged and bad. */
class ModelDirectoryTest {

  @TempDir Path folder;
  private long before;

  @BeforeEach
  void count() {
    before = Tensor.live();
  }

  @AfterEach
  void nothingIsLeft() {
    assertEquals(before, Tensor.live());
  }

  private Path copy(String model) throws IOException {
    for (var name : new String[] {"config.json", "model.safetensors"}) {
      Files.copy(Models.SAVED.resolve(model).resolve(name), folder.resolve(name));
    }
    return folder;
  }

  private String error() {
    var message =
        assertThrows(ModelException.class, () -> ModelDirectory.open(folder)).getMessage();
    assertTrue(message.contains(folder.toString()), message);
    return message;
  }

  @Test
  void aMissingFileIsNamed() throws IOException {
    assertTrue(error().startsWith(folder.resolve("config.json") + " is missing"));
    copy("llama-tiny");
    Files.delete(folder.resolve("model.safetensors"));
    assertTrue(error().contains(folder.resolve("model.safetensors") + ": there is no such file"));
    Files.delete(folder.resolve("config.json"));
    Files.createDirectory(folder.resolve("config.json"));
    assertTrue(error().startsWith(folder.resolve("config.json") + " is missing"));
  }

  @ParameterizedTest
  @ValueSource(strings = {"gpt2-tiny", "llama-tiny"})
  void everyCutOfTheWeightsIsRefused(String model) throws IOException {
    var weights = Files.readAllBytes(copy(model).resolve("model.safetensors"));
    var random = new Random(Models.SEED);
    int header = (int) ByteBuffer.wrap(weights).order(ByteOrder.LITTLE_ENDIAN).getLong();
    var lengths = new TreeSet<Integer>();
    for (int i = 0; i < 12; i++) {
      lengths.add(i);
      lengths.add(header + i);
      lengths.add(weights.length - 1 - i);
    }
    random.ints(60, 0, weights.length).forEach(lengths::add);
    for (int length : lengths) {
      Files.write(folder.resolve("model.safetensors"), Arrays.copyOf(weights, length));
      var message = error();
      assertTrue(message.contains("model.safetensors"), length + " bytes: " + message);
    }
    Files.write(folder.resolve("model.safetensors"), Arrays.copyOf(weights, weights.length + 1));
    assertTrue(error().contains("model.safetensors"), "one byte too many");
  }

  /** A damaged header is refused, or the damage is in what nobody reads: never a crash. */
  @ParameterizedTest
  @ValueSource(strings = {"gpt2-tiny", "llama-tiny"})
  void damagedHeadersAreRefused(String model) throws IOException {
    var weights = Files.readAllBytes(copy(model).resolve("model.safetensors"));
    int header = (int) ByteBuffer.wrap(weights).order(ByteOrder.LITTLE_ENDIAN).getLong();
    damage("model.safetensors", weights, 8 + header, 400);
  }

  @ParameterizedTest
  @ValueSource(strings = {"gpt2-tiny", "llama-tiny"})
  void damagedConfigurationsAreRefused(String model) throws IOException {
    var config = Files.readAllBytes(copy(model).resolve("config.json"));
    damage("config.json", config, config.length, 400);
  }

  private void damage(String name, byte[] good, int end, int times) throws IOException {
    var random = new Random(Models.SEED);
    int refused = 0;
    for (int i = 0; i < times; i++) {
      var bad = good.clone();
      int at = random.nextInt(end);
      bad[at] =
          (byte) (random.nextBoolean() ? bad[at] ^ (1 << random.nextInt(8)) : random.nextInt());
      Files.write(folder.resolve(name), bad);
      try (var decoder = ModelDirectory.open(folder)) {
        assertFalse(decoder.parameters().isEmpty());
      } catch (ModelException e) {
        refused++;
        assertTrue(e.getMessage().contains(folder.toString()), e.getMessage());
      } catch (RuntimeException | Error e) {
        throw new AssertionError(
            "seed %d, %s, byte %d as %d".formatted(Models.SEED, name, at, bad[at]), e);
      }
    }
    assertTrue(refused > times / 10, refused + " of " + times);
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "{", "not JSON", "{\"model_type\": \"gpt2\",}", "\u0000\u0001"})
  void aConfigurationThatIsNotJson(String text) throws IOException {
    copy("gpt2-tiny");
    Files.writeString(folder.resolve("config.json"), text);
    assertTrue(error().startsWith(folder.resolve("config.json").toString()), error());
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"[]", "7", "null", "{}", "{\"model_type\": \"mamba\"}", "{\"model_type\": {}}"})
  void aKindThatIsNotKnown(String text) throws IOException {
    copy("gpt2-tiny");
    Files.writeString(folder.resolve("config.json"), text);
    assertTrue(error().matches("(?s).*config\\.json: model_type '.*' is not known; known are.*"));
  }

  /** Replaces the value of a key, or drops it where the value is empty. */
  private void edit(String key, String value) throws IOException {
    var file = folder.resolve("config.json");
    var kept =
        Files.readAllLines(file).stream()
            .filter(line -> !line.startsWith("  \"" + key + "\":"))
            .collect(Collectors.joining("\n"));
    var added = value.isEmpty() ? "" : "\"%s\": %s,".formatted(key, value.replace('\'', '"'));
    Files.writeString(file, kept.replaceAll(",\\s*\\}\\s*$", "}").replaceFirst("\\{", "{" + added));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "gpt2-tiny|n_embd||n_embd must be a whole number, but is missing",
        "gpt2-tiny|n_head||n_head must be a whole number, but is missing",
        "gpt2-tiny|n_layer||n_layer must be a whole number, but is missing",
        "gpt2-tiny|vocab_size||vocab_size must be a whole number, but is missing",
        "gpt2-tiny|vocab_size|'96'|vocab_size must be a whole number, but is \"96\"",
        "gpt2-tiny|vocab_size|96.5|vocab_size must be a whole number, but is 96.5",
        "gpt2-tiny|vocab_size|null|vocab_size must be a whole number, but is null",
        "gpt2-tiny|vocab_size|99999999999|vocab_size must be a whole number, but is 99999999999",
        "gpt2-tiny|vocab_size|0|vocabulary: 0 is not a size; give 1 or more",
        "gpt2-tiny|vocab_size|97|weight 'model.embed_tokens.weight' is FLOAT32[96, 32]",
        "gpt2-tiny|n_head|5|heads: GPT-2 splits its width evenly, 32 does not divide by 5 heads",
        "gpt2-tiny|n_head|0|heads: 0 is not a size",
        "gpt2-tiny|n_layer|3|weight 'transformer.h.2.ln_1.weight' is missing",
        "gpt2-tiny|n_layer|2000000000|weights are too few for 2000000000 layers",
        "gpt2-tiny|n_inner|[]|n_inner must be a whole number, but is []",
        "gpt2-tiny|n_inner|100|the configuration asks for [100, 32]",
        "gpt2-tiny|layer_norm_epsilon|'x'|layer_norm_epsilon must be a number, but is \"x\"",
        "gpt2-tiny|layer_norm_epsilon|-1|normEpsilon: -1.0 is not in [0, 1)",
        "gpt2-tiny|tie_word_embeddings|1|tie_word_embeddings must be true or false, but is 1",
        "gpt2-tiny|tie_word_embeddings|false|weight 'lm_head.weight' is missing",
        "gpt2-tiny|activation_function|'relu'|activation_function 'relu' is not supported",
        "gpt2-tiny|activation_function|[]|activation_function '[]' is not supported",
        "gpt2-tiny|scale_attn_weights|false|scale_attn_weights 'false' is not supported",
        "llama-tiny|hidden_size||hidden_size must be a whole number, but is missing",
        "llama-tiny|intermediate_size||intermediate_size must be a whole number",
        "llama-tiny|hidden_act|'gelu'|hidden_act 'gelu' is not supported; only 'silu' is",
        "llama-tiny|attention_bias|true|weight 'model.layers.0.self_attn.q_proj.bias' is missing",
        "llama-tiny|mlp_bias|true|weight 'model.layers.0.mlp.gate_proj.bias' is missing",
        "llama-tiny|use_bidirectional_attention|true|use_bidirectional_attention 'true' is not",
        "llama-tiny|quantization_config|{'bits': 4}|quantization_config is not supported",
        "llama-tiny|num_key_value_heads|3|heads: 4 query heads cannot share 3",
        "llama-tiny|num_hidden_layers|3|weight 'model.layers.2.self_attn.q_proj.weight' is missing",
        "llama-tiny|num_hidden_layers|2000000000|weights are too few for 2000000000 layers",
        "llama-tiny|head_dim|16|the configuration asks for",
        "llama-tiny|rope_scaling|{'type': 'linear'}|factor must be a number, but is missing",
        "llama-tiny|model_type|'gpt2'|n_embd must be a whole number, but is missing"
      })
  void configurationsThatCannotBe(String model, String key, String value, String expected)
      throws IOException {
    copy(model);
    edit(key, value == null ? "" : value);
    var message = error();
    assertTrue(message.contains(expected), message);
    assertTrue(message.startsWith(folder.toString()), message);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "{'rope_type': 'spiral'}|rope_type 'spiral' is not known; known are default, linear,",
        "{'rope_type': 7}|rope_type must be a word, but is 7",
        "{'rope_type': 'llama3'}|factor must be a number, but is missing",
        "{'rope_type': 'llama3', 'factor': 8, 'low_freq_factor': 2, 'high_freq_factor': 2}|rotary"
            + " high_freq_factor: 2.0 cannot be",
        "{'rope_type': 'linear', 'factor': 0}|rotary factor: 0.0 cannot be",
        "{'rope_type': 'dynamic', 'factor': 0.5}|rotary factor: 0.5 cannot be",
        "{'rope_type': 'yarn', 'factor': 2, 'beta_slow': 2, 'beta_fast': 1}|rotary beta_fast: 1.0",
        "{'rope_type': 'longrope', 'short_factor': [1], 'long_factor': [1]}|short_factor and"
            + " long_factor have 1 and 1 numbers; 8 turned numbers need 4",
        "{'rope_type': 'longrope', 'short_factor': 1}|short_factor must be a list, but is 1",
        "{'rope_type': 'longrope', 'short_factor': ['x']}|short_factor must be a list of numbers",
        "{'mrope_section': [1]}|mrope_section is not supported",
        "{'partial_rotary_factor': 0}|partial_rotary_factor: 0.0 is not in (0, 1]",
        "{'rope_theta': 'x'}|rope_theta must be a number, but is \"x\"",
        "{'rope_theta': -2}|rotaryBase: -2.0 is not a positive number",
        "7|rope_parameters must be an object, but is 7"
      })
  void rotaryParametersThatAreNotComputed(String value, String expected) throws IOException {
    copy("llama-tiny");
    rope(value.replace('\'', '"'));
    assertTrue(error().contains(expected), error());
  }

  private void rope(String value) throws IOException {
    var file = folder.resolve("config.json");
    var text = Files.readString(file);
    Files.writeString(
        file,
        text.replaceFirst("(?s)\"rope_parameters\": \\{.*?\\}", "\"rope_parameters\": " + value));
  }

  @Test
  void theRotaryBaseStandsInEitherPlace() throws IOException {
    copy("llama-tiny");
    rope("{\"rope_theta\": 123}");
    try (var decoder = ModelDirectory.open(folder)) {
      assertEquals(123, decoder.config().rotaryBase());
    }
    rope("null,\n  \"rope_theta\": 456");
    try (var decoder = ModelDirectory.open(folder)) {
      assertEquals(456, decoder.config().rotaryBase());
    }
    edit("rope_theta", "");
    edit("rope_parameters", "null");
    try (var decoder = ModelDirectory.open(folder)) {
      assertEquals(10_000, decoder.config().rotaryBase());
    }
  }

  /** Rewrites the weights after a change of the map. */
  private void weights(Consumer<Map<String, Tensor>> change) {
    Scope.run(
        () -> {
          var file = folder.resolve("model.safetensors");
          var weights = new LinkedHashMap<String, Tensor>(Safetensors.read(file));
          change.accept(weights);
          Safetensors.write(file, weights, Map.of());
        });
  }

  @Test
  void weightsOfTheWrongKind() throws IOException {
    copy("gpt2-tiny");
    var name = "transformer.h.1.attn.c_attn.weight";
    weights(w -> w.put(name, w.get(name).reshape(-1)));
    assertTrue(error().startsWith(folder.resolve("model.safetensors") + ": transpose"), error());
    weights(w -> w.put(name, w.get(name).to(DType.INT32)));
    assertTrue(error().endsWith("weight '" + name + "' is missing"), error());
    weights(w -> w.put("transformer.ln_f.bias", Tensor.of(new float[1], 1)));
    weights(w -> w.put(name, Tensor.zeros(DType.FLOAT32, inkstone.tensor.Device.CPU, 32, 96)));
    assertTrue(error().contains("'model.norm.bias' is FLOAT32[1]"), error());
  }

  @Test
  void halfWeightsAndNamesWithoutPrefixAreRead() throws IOException {
    copy("gpt2-tiny");
    try (var original = ModelDirectory.open(folder)) {
      weights(
          w -> {
            var old = Map.copyOf(w);
            w.clear();
            old.forEach(
                (name, weight) ->
                    w.put(name.replace("transformer.", ""), weight.to(DType.BFLOAT16)));
            w.put("h.0.attn.bias", Tensor.of(new float[4], 1, 1, 2, 2).to(DType.BOOL));
          });
      try (var decoder = ModelDirectory.open(folder)) {
        original
            .parameters()
            .forEach(
                (name, weight) -> {
                  var read = decoder.parameters().get(name);
                  assertEquals(DType.FLOAT32, read.dtype());
                  var expected = weight.toFloats();
                  var actual = read.toFloats();
                  for (int i = 0; i < expected.length; i++) {
                    assertEquals(expected[i], actual[i], Math.abs(expected[i]) / 256, name);
                  }
                });
      }
    }
  }

  private static float[] logits(Decoder decoder) {
    try (var scope = Scope.open();
        var off = Gradients.off()) {
      return decoder.forward(Batch.training(Models.ids(3, 1, 4, 1, 5, 9), 2, 0)).toFloats();
    }
  }

  @Test
  void whatIsSavedComesBack() {
    for (var config : Models.all()) {
      var directory = folder.resolve("a/b/" + config.hashCode());
      try (var decoder = Models.lively(config)) {
        decoder.parameters().values().forEach(p -> p.requiresGrad(true));
        ModelDirectory.save(directory, decoder, OptionalInt.empty());
        try (var again = ModelDirectory.open(directory)) {
          assertArrayEquals(logits(decoder), logits(again), 1e-6f);
          if (config.bias() || config.family() == Family.LLAMA) {
            assertEquals(config, again.config());
          }
        }
      }
    }
  }

  @Test
  void aGpt2WithoutBiasesIsSavedWithZeros() {
    try (var decoder = Models.lively(Models.gpt2(false, true))) {
      ModelDirectory.save(folder, decoder, OptionalInt.empty());
      try (var again = ModelDirectory.open(folder)) {
        assertEquals(Models.gpt2(true, true), again.config());
        var bias = again.parameters().get("model.layers.1.self_attn.qkv_proj.bias");
        assertArrayEquals(new float[48], bias.toFloats());
        assertArrayEquals(new float[16], again.parameters().get("model.norm.bias").toFloats());
        assertArrayEquals(logits(decoder), logits(again), 1e-6f);
      }
    }
  }

  private TreeSet<String> files() throws IOException {
    try (var files = Files.list(folder)) {
      return files
          .map(file -> file.getFileName().toString())
          .collect(Collectors.toCollection(TreeSet::new));
    }
  }

  @Test
  void aSaveLeavesItsFilesAlone() throws IOException {
    var whole = new TreeSet<>();
    whole.addAll(java.util.List.of("config.json", "generation_config.json", "model.safetensors"));
    try (var decoder = Decoder.random(Models.llama(4, 2), 1)) {
      ModelDirectory.save(folder, decoder, OptionalInt.of(3));
      assertEquals(whole, files());
      assertTrue(
          Files.readString(folder.resolve("config.json"), StandardCharsets.UTF_8)
              .contains("\"eos_token_id\" : 3"));
      ModelDirectory.save(folder, decoder, OptionalInt.empty());
      assertEquals(whole, files());
      assertEquals("{ }\n", Files.readString(folder.resolve("generation_config.json")));
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"config.json", "generation_config.json", "model.safetensors"})
  void aSaveThatFailsLeavesNoRubbish(String blocked) throws IOException {
    // A folder with something in it cannot be replaced by a file.
    Files.createDirectories(folder.resolve(blocked).resolve("inside"));
    try (var decoder = Decoder.random(Models.llama(4, 2), 1)) {
      var message =
          assertThrows(
                  ModelException.class,
                  () -> ModelDirectory.save(folder, decoder, OptionalInt.of(3)))
              .getMessage();
      assertTrue(message.startsWith(folder + " cannot be written: "), message);
      assertTrue(
          files().stream().noneMatch(n -> n.endsWith(".new") || n.endsWith(".partial")),
          files().toString());
      assertTrue(Files.exists(folder.resolve(blocked).resolve("inside")));
    }
  }

  @Test
  void aDirectoryThatIsAFile() throws IOException {
    var file = Files.writeString(folder.resolve("taken"), "text");
    try (var decoder = Decoder.random(Models.llama(4, 2), 1)) {
      var message =
          assertThrows(
                  ModelException.class, () -> ModelDirectory.save(file, decoder, OptionalInt.of(3)))
              .getMessage();
      assertTrue(message.startsWith(file + " cannot be written"), message);
    }
    assertEquals("text", Files.readString(file));
  }

  @Test
  void openingAndClosingLeavesNothing() throws IOException {
    copy("gpt2-tiny");
    for (int i = 0; i < 50; i++) {
      try (var decoder = ModelDirectory.open(folder)) {
        assertEquals(before + decoder.parameters().size(), Tensor.live());
      }
      assertEquals(before, Tensor.live());
    }
  }
}
