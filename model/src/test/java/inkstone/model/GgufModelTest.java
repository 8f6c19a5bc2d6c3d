package inkstone.model;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import inkstone.tensor.DType;
import inkstone.tensor.Device;
import inkstone.tensor.Gguf;
import inkstone.tensor.GgufFile;
import inkstone.tensor.GgufType;
import inkstone.tensor.GgufWriter;
import inkstone.tensor.Gradients;
import inkstone.tensor.Safetensors;
import inkstone.tensor.SafetensorsFile;
import inkstone.tensor.Scope;
import inkstone.tensor.Tensor;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.OptionalInt;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class GgufModelTest {

  private static final Path MODELS = Path.of("src/test/resources/models");

  @TempDir Path folder;

  private Path saved(String name, GgufType type) {
    var path = folder.resolve(name + ".gguf");
    try (var decoder = ModelDirectory.open(MODELS.resolve(name))) {
      GgufModel.save(path, decoder, type, Map.of("general.name", name));
    }
    return path;
  }

  private static float[] logits(Decoder decoder, String name) {
    try (var scope = Scope.open();
        var off = Gradients.off()) {
      var ids = Safetensors.read(MODELS.resolve(name).resolve("expected.safetensors"));
      return decoder.forward(Batch.training(ids.get("input_ids").reshape(-1), 2, 0)).toFloats();
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"gpt2-tiny", "llama-tiny", "llama-tiny-tied"})
  void floatsComeBackAsTheyWere(String name) {
    long before = Tensor.live();
    var path = saved(name, GgufType.F32);
    try (var decoder = ModelDirectory.open(MODELS.resolve(name));
        var again = GgufModel.open(path)) {
      assertEquals(decoder.config(), again.config());
      assertEquals(decoder.parameters().keySet(), again.parameters().keySet());
      decoder
          .parameters()
          .forEach(
              (key, tensor) ->
                  assertArrayEquals(
                      tensor.toFloats(), again.parameters().get(key).toFloats(), key));
    }
    assertEquals(before, Tensor.live());
  }

  private static final Path FAMILIES = Path.of("src/test/resources/families");

  @ParameterizedTest
  @ValueSource(strings = {"llama-bias-tiny"})
  void otherFamiliesComeBackAsTheyWere(String name) {
    var path = folder.resolve("family.gguf");
    try (var decoder = ModelDirectory.open(FAMILIES.resolve(name))) {
      GgufModel.save(path, decoder, GgufType.F32, Map.of());
      try (var again = GgufModel.open(path)) {
        assertEquals(decoder.config(), again.config());
        decoder
            .parameters()
            .forEach(
                (key, tensor) ->
                    assertArrayEquals(
                        tensor.toFloats(), again.parameters().get(key).toFloats(), key));
      }
    }
  }

  @Test
  void qwen2ComesBackAsItWas() throws Exception {
    var directory = Files.createDirectory(folder.resolve("qwen2"));
    var source = FAMILIES.resolve("qwen2-tiny");
    Files.copy(source.resolve("model.safetensors"), directory.resolve("model.safetensors"));
    var config = Files.readString(source.resolve("config.json"));
    Files.writeString(
        directory.resolve("config.json"),
        config
            .replace("\"use_sliding_window\": true", "\"use_sliding_window\": false")
            .replace("\"sliding_attention\"", "\"full_attention\""));
    var path = folder.resolve("qwen2.gguf");
    try (var decoder = ModelDirectory.open(directory)) {
      GgufModel.save(path, decoder, GgufType.F32, Map.of());
      try (var again = GgufModel.open(path);
          var file = GgufFile.open(path)) {
        assertEquals(decoder.config(), again.config());
        assertEquals(GgufType.F32, file.entry("blk.1.attn_k.bias").type());
        assertArrayEquals(
            decoder.parameters().get("model.layers.1.self_attn.qkv_proj.bias").toFloats(),
            again.parameters().get("model.layers.1.self_attn.qkv_proj.bias").toFloats());
      }
    }
  }

  @ParameterizedTest
  @CsvSource({
    "llama-dynamic-tiny, rope_scaling",
    "mistral-tiny, sliding_window",
    "qwen2-tiny, sliding_window",
    "gemma2-tiny, query_pre_attn_scalar",
    "gemma3-tiny, rope_theta",
    "qwen3-moe-tiny, has no name in GGUF"
  })
  void whatAFileWouldNotSayIsNotWritten(String name, String expected) {
    var path = folder.resolve("no.gguf");
    try (var decoder = ModelDirectory.open(FAMILIES.resolve(name))) {
      var message =
          assertThrows(
                  ModelException.class, () -> GgufModel.save(path, decoder, GgufType.F32, Map.of()))
              .getMessage();
      assertTrue(String.valueOf(message).contains(expected), message);
    }
    assertFalse(Files.exists(path));
  }

  /** Stored as llama.cpp's own converter stores them: q and k in neighbouring pairs, [out, in]. */
  @Test
  void rowsStandWhereTheConventionPutsThem() {
    var path = saved("llama-tiny", GgufType.F32);
    try (var file = GgufFile.open(path);
        var source = SafetensorsFile.open(MODELS.resolve("llama-tiny/model.safetensors"));
        var scope = Scope.open()) {
      for (var part : List.of("q", "k", "v")) {
        var theirs = Safetensors.read(source, "model.layers.1.self_attn." + part + "_proj.weight");
        var ours = Gguf.read(file, "blk.1.attn_" + part + ".weight");
        int heads = part.equals("q") ? 4 : 2;
        int dim = 8;
        for (int row = 0; row < heads * dim; row++) {
          int inHead = row % dim;
          int from = part.equals("v") ? row : row / dim * dim + inHead % 2 * (dim / 2) + inHead / 2;
          assertArrayEquals(
              theirs.select(0, from).toFloats(), ours.select(0, row).toFloats(), part + row);
        }
      }
      assertEquals(List.of(96L, 32L), file.entry("token_embd.weight").shape());
      assertEquals(List.of(88L, 32L), file.entry("blk.0.ffn_up.weight").shape());
    }
    try (var file = GgufFile.open(saved("gpt2-tiny", GgufType.F32))) {
      assertEquals(List.of(128L, 32L), file.entry("blk.0.ffn_up.weight").shape());
      assertEquals(List.of(96L), file.entry("blk.0.attn_qkv.bias").shape());
    }
  }

  @Test
  void metadataIsWhatLlamaCppAsksFor() {
    try (var file = GgufFile.open(saved("llama-tiny", GgufType.Q8_0))) {
      var metadata = file.metadata();
      assertEquals("llama", metadata.values().iterator().next());
      assertEquals("llama-tiny", metadata.get("general.name"));
      assertEquals(7L, metadata.get("general.file_type"));
      assertEquals(2L, metadata.get("general.quantization_version"));
      assertEquals(96L, metadata.get("llama.vocab_size"));
      assertEquals(64L, metadata.get("llama.context_length"));
      assertEquals(32L, metadata.get("llama.embedding_length"));
      assertEquals(2L, metadata.get("llama.block_count"));
      assertEquals(88L, metadata.get("llama.feed_forward_length"));
      assertEquals(4L, metadata.get("llama.attention.head_count"));
      assertEquals(2L, metadata.get("llama.attention.head_count_kv"));
      assertEquals(8L, metadata.get("llama.attention.key_length"));
      assertEquals(8L, metadata.get("llama.attention.value_length"));
      assertEquals(8L, metadata.get("llama.rope.dimension_count"));
      assertEquals(1e-5f, metadata.get("llama.attention.layer_norm_rms_epsilon"));
      assertEquals(10000f, metadata.get("llama.rope.freq_base"));
    }
    try (var file = GgufFile.open(saved("gpt2-tiny", GgufType.F16))) {
      assertEquals("gpt2", file.metadata().get("general.architecture"));
      assertEquals(1e-5f, file.metadata().get("gpt2.attention.layer_norm_epsilon"));
      assertEquals(64L, file.metadata().get("gpt2.context_length"));
    }
  }

  @ParameterizedTest
  @CsvSource({
    "llama-tiny, F16, 0.02",
    "llama-tiny-tied, Q8_0, 0.4",
    "llama-tiny, Q4_0, 3",
    "gpt2-tiny, F16, 0.02",
    "gpt2-tiny, Q8_0, 0.4"
  })
  void smallerTypesAreNearAndWhereTheyShouldBe(String name, GgufType type, float limit) {
    var path = saved(name, type);
    try (var file = GgufFile.open(path);
        var decoder = ModelDirectory.open(MODELS.resolve(name));
        var again = GgufModel.open(path)) {
      assertArrayEquals(logits(decoder, name), logits(again, name), limit);
      for (var key : file.names()) {
        var expected =
            key.contains("norm") || key.endsWith(".bias") || key.equals("position_embd.weight")
                ? GgufType.F32
                : key.equals("blk.0.ffn_down.weight") && file.entry(key).shape().get(1) % 32 != 0
                    ? GgufType.F16
                    : type == GgufType.Q4_0 && (key.startsWith("token") || key.startsWith("output"))
                        ? GgufType.Q8_0
                        : type;
        if (!key.contains("ffn_down")) {
          assertEquals(expected, file.entry(key).type(), key);
        }
      }
    }
  }

  /** Beside blocks the inputs of products are rounded to 8 bits. */
  private static void assertNear(float[] exact, float[] rounded) {
    double size = 0;
    double moved = 0;
    for (int i = 0; i < exact.length; i++) {
      size += exact[i] * exact[i];
      moved += (exact[i] - rounded[i]) * (exact[i] - rounded[i]);
    }
    double share = Math.sqrt(moved / size);
    assertTrue(share > 0 && share < 0.04, share + " of the logits");
  }

  /** As the file's numbers, wherever their rows went: turned, joined, transposed. */
  @ParameterizedTest
  @CsvSource({"llama-tiny-tied, Q8_0", "llama-tiny, Q4_0", "gpt2-tiny, Q8_0", "gpt2-tiny, Q4_0"})
  void blocksStayAndAreTheWidenedNumbers(String name, GgufType type) {
    var path = saved(name, type);
    long before = Tensor.live();
    try (var scope = Scope.open();
        var wide = GgufModel.widened(path);
        var blocks = GgufModel.open(path)) {
      assertEquals(wide.config(), blocks.config());
      blocks
          .dense()
          .forEach(
              (key, tensor) ->
                  assertArrayEquals(
                      Objects.requireNonNull(wide.parameters().get(key)).toFloats(),
                      tensor.toFloats(),
                      key));
      var message = assertThrows(ModelException.class, blocks::parameters).getMessage();
      assertTrue(
          String.valueOf(message).contains("weight 'model.embed_tokens.weight' is quantised"),
          message);
      assertNear(logits(wide, name), logits(blocks, name));
      try (var moved = blocks.to(Device.CPU).computing(DType.BFLOAT16)) {
        assertArrayEquals(logits(wide, name), logits(moved, name), 0.5f);
      }
    }
    assertEquals(before, Tensor.live());
  }

  @Test
  void aModelInBlocksIsSavedAsTheWidenedOne() throws Exception {
    var path = saved("llama-tiny", GgufType.Q8_0);
    try (var wide = GgufModel.widened(path);
        var blocks = GgufModel.open(path)) {
      for (var each : Map.of("wide", wide, "blocks", blocks).entrySet()) {
        ModelDirectory.save(folder.resolve(each.getKey()), each.getValue(), OptionalInt.of(1));
        GgufModel.save(
            folder.resolve(each.getKey() + ".gguf"), each.getValue(), GgufType.Q8_0, Map.of());
      }
    }
    for (var end : List.of("/model.safetensors", "/config.json", ".gguf")) {
      assertArrayEquals(
          Files.readAllBytes(Path.of(folder + "/wide" + end)),
          Files.readAllBytes(Path.of(folder + "/blocks" + end)),
          end);
    }
  }

  /** As files of llama.cpp's mixed types have it: values in another type than queries and keys. */
  @Test
  void joinedMatricesMayHaveSeveralTypes() {
    var path = folder.resolve("mixed.gguf");
    try (var scope = Scope.open();
        var file = GgufFile.open(saved("llama-tiny", GgufType.F32))) {
      var tensors = new LinkedHashMap<String, Tensor>();
      var specs = new ArrayList<GgufWriter.Spec>();
      for (var name : file.names()) {
        var tensor = Gguf.read(file, name);
        var type =
            name.contains("attn_v") || name.contains("ffn_up") ? GgufType.Q4_0 : GgufType.Q8_0;
        tensors.put(name, tensor);
        specs.add(Gguf.spec(name, Gguf.fitting(type, tensor), tensor));
      }
      Gguf.write(path, file.metadata(), specs, tensors);
      try (var wide = GgufModel.widened(path);
          var blocks = GgufModel.open(path)) {
        wide.parameters()
            .forEach(
                (key, tensor) ->
                    assertArrayEquals(
                        tensor.toFloats(),
                        Objects.requireNonNull(blocks.dense().get(key)).toFloats(),
                        key));
        assertNear(logits(wide, "llama-tiny"), logits(blocks, "llama-tiny"));
      }
    }
  }

  private Path file(Map<String, Object> metadata, String... names) {
    var path = folder.resolve("x.gguf");
    try (var scope = Scope.open()) {
      var tensors = new LinkedHashMap<String, Tensor>();
      var specs = new ArrayList<GgufWriter.Spec>();
      for (var name : names) {
        var tensor = Tensor.zeros(DType.FLOAT32, Device.CPU, 32, 32);
        tensors.put(name, tensor);
        specs.add(Gguf.spec(name, GgufType.F32, tensor));
      }
      Gguf.write(path, metadata, specs, tensors);
    }
    return path;
  }

  private static Map<String, Object> llama(Object... more) {
    var metadata = new LinkedHashMap<String, Object>();
    metadata.put("general.architecture", "llama");
    metadata.put("llama.embedding_length", 32L);
    metadata.put("llama.block_count", 1L);
    metadata.put("llama.feed_forward_length", 32L);
    metadata.put("llama.attention.head_count", 4L);
    for (int i = 0; i < more.length; i += 2) {
      metadata.put((String) more[i], more[i + 1]);
    }
    return metadata;
  }

  private String refused(Map<String, Object> metadata, String... names) {
    var path = file(metadata, names);
    long before = Tensor.live();
    var message =
        String.valueOf(assertThrows(ModelException.class, () -> GgufModel.open(path)).getMessage());
    assertEquals(before, Tensor.live());
    assertTrue(message.contains("x.gguf"), message);
    return message;
  }

  @Test
  void whatCannotBeAModelIsRefusedByName() throws Exception {
    assertTrue(
        refused(Map.of()).contains("general.architecture 'null' is not known; known are [l"));
    assertTrue(refused(Map.of("general.architecture", "mamba")).contains("'mamba' is not known"));
    assertTrue(refused(llama(), "token_embd.weight").contains("is missing"));
    assertTrue(
        refused(llama(), "token_embd.weight", "rope_wave.weight")
            .contains("tensor 'rope_wave.weight' [32, 32] is unknown in a llama model"));
    assertTrue(
        refused(llama(), "token_embd.weight", "blk.0.ffn_up_exps.weight")
            .contains("'blk.0.ffn_up_exps.weight' [32, 32] is unknown"));
    assertTrue(
        refused(llama("llama.context_length", 64L), "token_embd.weight", "rope_freqs.weight")
            .contains("short_factor: 0.0 cannot be"));
    assertTrue(
        refused(Map.of("general.architecture", "qwen3", "qwen3.expert_count", 4L))
            .contains("'qwen3' with experts is not known"));
    assertTrue(refused(llama(), "blk.0.attn_x.weight").contains("vocab_size must be"));
    assertTrue(
        refused(llama("llama.block_count", 1_000_000_000L), "token_embd.weight")
            .contains("1 tensors are too few for 1000000000 layers"));
    assertTrue(
        refused(llama("llama.block_count", 1f), "token_embd.weight")
            .contains("llama.block_count is 1.0; expected a whole number"));
    assertTrue(
        refused(llama("llama.attention.head_count", List.of(4L)), "token_embd.weight")
            .contains("llama.attention.head_count is [4]; expected a whole number"));
    assertTrue(
        refused(llama("llama.attention.head_count", 3L), "token_embd.weight", "blk.0.attn_q.weight")
            .contains("cannot be parted into 3 heads"));
    assertTrue(
        refused(llama("llama.rope.scaling.type", "wave"), "token_embd.weight")
            .contains("rope.scaling.type 'wave' is not known"));
    assertTrue(
        refused(
                llama("llama.rope.scaling.type", "linear", "llama.rope.scaling.factor", "two"),
                "token_embd.weight")
            .contains("rope.scaling.factor is two; expected a number"));
    assertTrue(refused(llama("split.count", 2), "token_embd.weight").contains("one of 2 parts"));
    var cut = folder.resolve("cut.gguf");
    Files.write(cut, new byte[] {'G', 'G', 'U', 'F'});
    var message = assertThrows(ModelException.class, () -> GgufModel.open(cut)).getMessage();
    assertTrue(String.valueOf(message).contains("cut.gguf: this is not a GGUF file"), message);
  }

  @Test
  void pairsAreTurnedRoundAndBack() {
    try (var scope = Scope.open()) {
      var rows = Tensor.range(0, 24, Device.CPU).to(DType.FLOAT32).reshape(12, 2);
      var neighbours = RotaryOrder.neighbours(rows, 2);
      assertArrayEquals(
          new float[] {0, 1, 6, 7, 2, 3, 8, 9, 4, 5, 10, 11},
          neighbours.narrow(0, 0, 6).toFloats());
      assertArrayEquals(rows.toFloats(), RotaryOrder.halves(neighbours, 2).toFloats());
      var bias = Tensor.range(0, 4, Device.CPU).to(DType.FLOAT32);
      assertArrayEquals(new float[] {0, 2, 1, 3}, RotaryOrder.neighbours(bias, 1).toFloats());
      assertThrows(ModelException.class, () -> RotaryOrder.halves(rows, 5));
      assertThrows(ModelException.class, () -> RotaryOrder.halves(rows, 4));
    }
  }
}
