package inkstone.model;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import inkstone.tensor.DType;
import inkstone.tensor.Gradients;
import inkstone.tensor.Safetensors;
import inkstone.tensor.Scope;
import inkstone.tensor.Tensor;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Objects;
import java.util.OptionalInt;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Transformers opens what is written here: bench/fixtures/check_quantized.py. */
class CompressedTensorsTest {

  @TempDir Path folder;

  private static Decoder network() {
    return Decoder.random(DecoderConfig.llama(96, 64, 384, 2, 4), 5);
  }

  private static float[] logits(Decoder decoder) {
    try (var scope = Scope.open();
        var off = Gradients.off()) {
      var ids = new int[24];
      for (int i = 0; i < ids.length; i++) {
        ids[i] = i * 37 % 96;
      }
      return decoder.forward(Batch.training(Tensor.of(ids, 24), 2, 0)).toFloats();
    }
  }

  private static double distance(float[] a, float[] b) {
    double sum = 0;
    for (int i = 0; i < a.length; i++) {
      sum += (a[i] - b[i]) * (a[i] - b[i]);
    }
    return Math.sqrt(sum / a.length);
  }

  @ParameterizedTest
  @CsvSource({"8, 0, 0.02", "4, 32, 0.2", "4, 64, 0.2", "4, 128, 0.22", "4, 0, 0.25"})
  void quantisedIsNearAndOpensAsWritten(int bits, int group, double limit) throws Exception {
    long before = Tensor.live();
    try (var decoder = network()) {
      var scheme = new WeightScheme(bits, group);
      ModelDirectory.save(folder, decoder, OptionalInt.of(1), scheme);
      try (var again = ModelDirectory.open(folder);
          var scope = Scope.open()) {
        assertEquals(decoder.config(), again.config());
        assertThrows(ModelException.class, again::parameters);
        var exact = logits(decoder);
        double size = distance(exact, new float[exact.length]);
        double lost = distance(exact, logits(again)) / size;
        assertTrue(lost > 0 && lost < limit, "" + lost);
        var dense = again.dense();
        decoder
            .parameters()
            .forEach(
                (name, weight) -> {
                  var error = distance(weight.toFloats(), get(dense, name).toFloats()) / 0.02;
                  assertTrue(name.contains("_proj.weight") ? error < limit : error == 0, name);
                });
        // What was rounded once is not moved by rounding: each scale is among those that are tried.
        ModelDirectory.save(folder.resolve("again"), again, OptionalInt.of(1));
        try (var wide = ModelDirectory.open(folder.resolve("again"))) {
          // Beside blocks the inputs of products are rounded to 8 bits.
          double moved = distance(logits(wide), logits(again)) / size;
          assertTrue(moved > 0 && moved < 0.02, "" + moved);
        }
      }
    }
    assertEquals(before, Tensor.live());
  }

  private static Tensor get(Map<String, Tensor> tensors, String name) {
    return Objects.requireNonNull(tensors.get(name), name);
  }

  @Test
  void tensorsLieAsThePackageHasThem() {
    try (var decoder = network();
        var scope = Scope.open()) {
      ModelDirectory.save(folder, decoder, OptionalInt.of(1), WeightScheme.int4(32));
      var file = Safetensors.read(folder.resolve("model.safetensors"));
      var name = "model.layers.1.self_attn.k_proj.";
      assertArrayEquals(new long[] {384, 384}, get(file, name + "weight_shape").toLongs());
      assertArrayEquals(new long[] {384, 48}, get(file, name + "weight_packed").shape());
      assertEquals(DType.INT32, get(file, name + "weight_packed").dtype());
      assertArrayEquals(new long[] {384, 12}, get(file, name + "weight_scale").shape());
      var weight = get(decoder.parameters(), "model.layers.1.self_attn.qkv_proj.weight");
      var k = weight.narrow(0, 384, 384).toFloats();
      var words = get(file, name + "weight_packed").toLongs();
      var scales = get(file, name + "weight_scale").toFloats();
      for (int i = 0; i < k.length; i++) {
        long q = (words[i / 8] >> i % 8 * 4 & 15) - 8;
        assertEquals(
            k[i], q * scales[i / 32], 0.51 * scales[i / 32] + (q == 7 || q == -8 ? 0.02 : 0));
      }
    }
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "\"num_bits\" : 8|\"num_bits\" : 3|weights of 3 bits",
        "\"symmetric\" : true|\"symmetric\" : false|symmetric 'false' is not supported; only true is",
        "\"strategy\" : \"channel\"|\"strategy\" : \"token\"|strategy '\"token\"' is not supported",
        "pack-quantized|float-quantized|format '\"float-quantized\"' is not supported",
        "\"strategy\" : \"channel\"|\"strategy\" : \"group\", \"group_size\" : 32|scales FLOAT32[",
        "\"input_activations\" : null|\"input_activations\" : {}|input_activations '{}' is not",
        "compressed-tensors|gptq|quantization_config is not supported"
      })
  void otherSchemesAreRefused(String found, String put, String expected) throws Exception {
    try (var decoder = network()) {
      ModelDirectory.save(folder, decoder, OptionalInt.of(1), WeightScheme.INT8);
    }
    var config = folder.resolve("config.json");
    var text = Files.readString(config).replaceAll(",\\s*\"group_size\" : null", "");
    assertTrue(text.contains(found), text);
    Files.writeString(config, text.replace(found, put));
    long before = Tensor.live();
    var message =
        String.valueOf(
            assertThrows(ModelException.class, () -> ModelDirectory.open(folder)).getMessage());
    assertTrue(message.contains(expected), message);
    assertTrue(message.startsWith(folder.toString()), message);
    assertEquals(before, Tensor.live());
  }

  @Test
  void whatIsNoLinearLayerIsRefused() {
    try (var gpt2 = Decoder.random(DecoderConfig.gpt2(96, 64, 32, 1, 2), 1)) {
      var message =
          assertThrows(
                  ModelException.class,
                  () -> ModelDirectory.save(folder, gpt2, OptionalInt.of(1), WeightScheme.INT8))
              .getMessage();
      assertTrue(String.valueOf(message).contains("no linear layers to Transformers"), message);
    }
    assertThrows(ModelException.class, () -> new WeightScheme(4, 16));
    assertThrows(ModelException.class, () -> new WeightScheme(5, 32));
  }
}
