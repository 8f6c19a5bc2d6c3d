package inkstone.model;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import inkstone.tensor.Gguf;
import inkstone.tensor.GgufFile;
import inkstone.tensor.GgufType;
import inkstone.tensor.Gradients;
import inkstone.tensor.Safetensors;
import inkstone.tensor.Scope;
import inkstone.tensor.Tensor;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.nio.file.Path;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Tiny models of the families, written by llama.cpp's own converter, beside the logits that
 * Transformers works out ({@code bench/fixtures/gguf_family_fixtures.py}).
 */
class GgufFamiliesTest {

  private static final Path FILES = Path.of("src/test/resources/gguf");

  @TempDir Path folder;

  @ValueSource(
      strings = {
        "llama3",
        "llama-linear",
        "llama-yarn",
        "qwen3-yarn",
        "gemma2",
        "gemma3",
        "phi3",
        "phi3-longrope",
        "olmo2",
        "mixtral",
        "qwen3-moe"
      })
  @ParameterizedTest
  @Retention(RetentionPolicy.RUNTIME)
  private @interface EachFamily {}

  private static Path file(String name) {
    return FILES.resolve(name + ".gguf");
  }

  private static void assertLogits(String name, Path path) {
    long before = Tensor.live();
    try (var scope = Scope.open();
        var off = Gradients.off();
        var decoder = GgufModel.open(path)) {
      var expected = Safetensors.read(FILES.resolve(name + ".safetensors"));
      var ids = expected.get("input_ids").reshape(-1);
      assertArrayEquals(
          expected.get("logits").toFloats(),
          decoder.forward(Batch.training(ids, 2, 0)).toFloats(),
          1e-4f);
    }
    assertEquals(before, Tensor.live());
  }

  @EachFamily
  void sameLogitsAsTransformers(String name) {
    assertLogits(name, file(name));
  }

  /** Whole numbers have several widths in files. */
  private static Object said(@Nullable Object value) {
    return value instanceof Number number ? (Object) number.floatValue() : String.valueOf(value);
  }

  /** What no reader asks for, or what ours says in another way. */
  private static final Set<String> LEFT_OUT =
      Set.of("phi3.attention.sliding_window", "phi3.rope.scaling.original_context_length");

  @EachFamily
  void writtenAsLlamaCppWritesIt(String name) {
    var path = folder.resolve("again.gguf");
    try (var decoder = GgufModel.open(file(name))) {
      GgufModel.save(path, decoder, GgufType.F32, Map.of());
    }
    try (var scope = Scope.open();
        var theirs = GgufFile.open(file(name));
        var ours = GgufFile.open(path)) {
      assertEquals(new TreeSet<>(theirs.names()), new TreeSet<>(ours.names()));
      for (var tensor : theirs.names()) {
        assertEquals(theirs.entry(tensor).shape(), ours.entry(tensor).shape(), tensor);
        assertArrayEquals(
            Gguf.read(theirs, tensor).toFloats(),
            Gguf.read(ours, tensor).toFloats(),
            1e-6f,
            tensor);
      }
      theirs
          .metadata()
          .forEach(
              (key, value) -> {
                if (!key.startsWith("general.") && !LEFT_OUT.contains(key)) {
                  assertTrue(ours.metadata().containsKey(key), key);
                  assertEquals(said(value), said(ours.metadata().get(key)), key);
                }
              });
    }
    assertLogits(name, path);
  }

  @Test
  void expertsStayInTheirBlocks() {
    try (var scope = Scope.open();
        var off = Gradients.off();
        var wide = GgufModel.widened(file("qwen3-moe-q8_0"));
        var blocks = GgufModel.open(file("qwen3-moe-q8_0"));
        var exact = GgufModel.open(file("qwen3-moe"))) {
      var name = "model.layers.1.mlp.experts.3.gate_up_proj.weight";
      assertTrue(wide.parameters().containsKey(name));
      blocks
          .dense()
          .forEach(
              (key, tensor) ->
                  assertArrayEquals(
                      Objects.requireNonNull(wide.parameters().get(key)).toFloats(),
                      tensor.toFloats(),
                      key));
      var nearly = wide.parameters().get(name).toFloats();
      var floats = exact.parameters().get(name).toFloats();
      assertFalse(java.util.Arrays.equals(nearly, floats));
      assertArrayEquals(floats, nearly, 0.01f);
    }
  }

  /** The divisors of Llama 3.1 are known again, so that its config.json says what Meta's says. */
  @Test
  void theDivisorsOfLlama31AreItsScaling() {
    var path = folder.resolve("llama31.gguf");
    var scaling = new RotaryScaling.Llama3(32, 1, 4, 8192);
    try (var decoder = GgufModel.open(file("llama-linear"))) {
      var rotary = new RotaryConfig(500_000, 1, scaling);
      var config = decoder.config();
      var style = config.style();
      var changed =
          config.style(
              style.blocks(style.blocks().stream().map(b -> BlockStyle.of(rotary)).toList()));
      try (var llama = Decoder.random(changed, 1)) {
        GgufModel.save(path, llama, GgufType.F32, Map.of());
        try (var again = GgufModel.open(path)) {
          assertEquals(changed, again.config());
        }
      }
    }
  }
}
