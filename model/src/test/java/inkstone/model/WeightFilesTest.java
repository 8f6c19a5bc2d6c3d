package inkstone.model;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import inkstone.tensor.DType;
import inkstone.tensor.Safetensors;
import inkstone.tensor.Scope;
import inkstone.tensor.Tensor;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Weights in one file and in several, in the type that is asked for, and in too little memory. */
class WeightFilesTest {

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

  private String error() {
    return assertThrows(ModelException.class, () -> ModelDirectory.open(folder)).getMessage();
  }

  /** Every third weight in a file of its own, and an index. */
  private void parts() throws IOException {
    var model = Models.SAVED.resolve("llama-tiny");
    Files.copy(model.resolve("config.json"), folder.resolve("config.json"));
    var index = new StringBuilder("{\"metadata\": {}, \"weight_map\": {");
    try (var scope = Scope.open()) {
      List<Map<String, Tensor>> parts =
          List.of(new LinkedHashMap<>(), new LinkedHashMap<>(), new LinkedHashMap<>());
      int i = 0;
      for (var weight : Safetensors.read(model.resolve("model.safetensors")).entrySet()) {
        index
            .append(i == 0 ? "" : ",")
            .append("\"%s\": \"%s\"".formatted(weight.getKey(), name(i % 3)));
        parts.get(i++ % 3).put(weight.getKey(), weight.getValue());
      }
      for (int part = 0; part < 3; part++) {
        Safetensors.write(folder.resolve(name(part)), parts.get(part), Map.of());
      }
    }
    Files.writeString(folder.resolve("model.safetensors.index.json"), index + "}}");
  }

  private static String name(int part) {
    return "model-0000%d-of-00003.safetensors".formatted(part + 1);
  }

  @Test
  void partsAreAsTheWhole() throws IOException {
    parts();
    try (var whole = ModelDirectory.open(Models.SAVED.resolve("llama-tiny"));
        var parted = ModelDirectory.open(folder)) {
      whole
          .parameters()
          .forEach(
              (name, weight) ->
                  assertArrayEquals(
                      weight.toFloats(), parted.parameters().get(name).toFloats(), name));
      assertEquals(whole.config().parameters(), WeightFiles.of(folder).count().numbers());
    }
  }

  @Test
  void aPartThatIsMissingOrAnotherIsNamed() throws IOException {
    parts();
    var second = folder.resolve(name(1));
    Files.copy(folder.resolve(name(0)), second, java.nio.file.StandardCopyOption.REPLACE_EXISTING);
    assertTrue(error().startsWith(second + " lacks weight '"), error());
    Files.delete(second);
    assertTrue(error().contains(second + ": there is no such file"), error());
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "{}|weight_map must be an object",
        "{\"weight_map\": {}}|weight_map must be an object",
        "{\"weight_map\": {\"w\": \"../x.safetensors\"}}|is no name of a safetensors file beside"
            + " it",
        "{\"weight_map\": {\"w\": 7}}|weight 'w' is in 7, which is no name of a safetensors file",
        "{|is not JSON"
      })
  void anIndexThatIsNone(String text, String expected) throws IOException {
    parts();
    var index = folder.resolve("model.safetensors.index.json");
    Files.writeString(index, text);
    assertTrue(error().startsWith(index.toString()) && error().contains(expected), error());
  }

  @Test
  void theTypeThatIsAskedFor() throws IOException {
    try (var exact = ModelDirectory.open(Models.SAVED.resolve("llama-tiny"));
        var narrow = ModelDirectory.open(Models.SAVED.resolve("llama-tiny"), DType.BFLOAT16);
        var scope = Scope.open()) {
      exact
          .parameters()
          .forEach(
              (name, weight) -> {
                var other = narrow.parameters().get(name);
                assertEquals(DType.BFLOAT16, other.dtype());
                assertArrayEquals(weight.to(DType.BFLOAT16).toFloats(), other.toFloats(), name);
              });
      var batch = Batch.training(Models.ids(3, 1, 4, 1), 1, 0);
      assertEquals(DType.BFLOAT16, narrow.forward(batch).dtype());
      ModelDirectory.save(folder, narrow, OptionalInt.empty());
      assertTrue(Files.readString(folder.resolve("config.json")).contains("\"bfloat16\""));
      try (var again = ModelDirectory.open(folder, DType.BFLOAT16)) {
        assertArrayEquals(narrow.forward(batch).toFloats(), again.forward(batch).toFloats());
      }
    }
  }

  /** A cache of 2,048 tokens, 2 layers, 4 heads of 8 numbers: a megabyte. */
  @Test
  void whatDoesNotFitIsRefusedWithWhatWould() {
    var config = DecoderConfig.llama(300, 4_096, 32, 2, 4);
    long cache = 2 * 4 * 2 * 4 * 8 * 2_048;
    Memory.check(config, 2_000_000_000, 8_000_000_000L, "as FLOAT32", 8_000_000_000L + cache);
    assertEquals(
        "its 2.00 billion weights need 8.0 GB as FLOAT32 and the cache of 2,048 tokens 0.001 GB,"
            + " and 8.0 GB of memory are free; what would fit: the same model in 2.1 GB (GGUF with"
            + " q8_0), 1.1 GB (GGUF with q4_0)",
        refused(config, 8_000_000_000L, "as FLOAT32", 8_000_000_000L + cache - 1));
    assertEquals(
        "its 2.00 billion weights need 2.1 GB as they are stored and the cache of 2,048 tokens"
            + " 0.001 GB, and 2.0 GB of memory are free; what would fit: the same model in 1.1 GB"
            + " (GGUF with q4_0)",
        refused(config, 2_125_000_000L, "as they are stored", 2_000_000_000L));
    assertEquals(
        "its 2.00 billion weights need 1.1 GB as they are stored and the cache of 512 tokens"
            + " 0.000 GB, and 1.0 GB of memory are free; what would fit: one of up to 0.94 billion"
            + " weights in 8 bits, or 1.78 billion in 4",
        refused(
            DecoderConfig.llama(300, 512, 32, 2, 4),
            1_125_000_000L,
            "as they are stored",
            1_000_000_000L));
    assertTrue(Memory.available() > 1 << 20);
  }

  private static String refused(DecoderConfig config, long bytes, String stored, long available) {
    return String.valueOf(
        assertThrows(
                ModelException.class,
                () -> Memory.check(config, 2_000_000_000, bytes, stored, available))
            .getMessage());
  }
}
