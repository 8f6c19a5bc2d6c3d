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
      assertEquals(whole.config().parameters(), WeightFiles.of(folder).numbers());
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

  @Test
  void whatDoesNotFitIsRefusedWithWhatWould() {
    Memory.check(folder, 2_000_000_000, DType.FLOAT32, 8_000_000_000L);
    Memory.check(8_000_000_000L, 8_000_000_000L);
    assertEquals(
        "its weights need 8.0 GB, and 7.9 GB of memory are free; take a smaller model or one in fewer bits",
        assertThrows(ModelException.class, () -> Memory.check(8_000_000_000L, 7_900_000_000L))
            .getMessage());
    assertEquals(
        folder
            + ": its 2.00 billion weights need 8.0 GB as FLOAT32, and 7.9 GB of memory are free;"
            + " as BFLOAT16 they would need 4.0 GB; 1.98 billion weights would fit",
        assertThrows(
                ModelException.class,
                () -> Memory.check(folder, 2_000_000_000, DType.FLOAT32, 7_900_000_000L))
            .getMessage());
    assertEquals(
        folder
            + ": its 2.00 billion weights need 4.0 GB as BFLOAT16, and 3.0 GB of memory are free;"
            + " 1.50 billion weights would fit",
        assertThrows(
                ModelException.class,
                () -> Memory.check(folder, 2_000_000_000, DType.BFLOAT16, 3_000_000_000L))
            .getMessage());
    assertTrue(Memory.available() > 1 << 20);
  }
}
