package inkstone.tensor;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Tensors to files and back. */
class SafetensorsTest {

  @TempDir Path folder;
  private Scope scope;

  @BeforeEach
  void open() {
    scope = Scope.open();
  }

  @AfterEach
  void close() {
    scope.close();
  }

  @Test
  void everyTypeAndShapeComesBack() {
    var random = Plain.random();
    var tensors = new LinkedHashMap<String, Tensor>();
    for (var type : DType.values()) {
      if (type != DType.UINT16) {
        tensors.put("one " + type, Tensor.full(1, type, Device.CPU));
        tensors.put("none " + type, Tensor.zeros(type, Device.CPU, 3, 0));
        var some = Plain.random(random, 3, 5).map(v -> type == DType.UINT8 ? Math.abs(v) : v);
        tensors.put("turned " + type, some.tensor().to(type).transpose(0, 1));
      }
    }
    tensors.put("learnt 墨", Random.normal(0, 1, 2).requiresGrad(true).mul(2));
    var file = folder.resolve("all.safetensors");
    Safetensors.write(file, tensors, Map.of("format", "pt"));
    var read = Safetensors.read(file);
    assertEquals(tensors.keySet(), read.keySet());
    tensors.forEach(
        (name, tensor) -> {
          assertEquals(tensor.toString(), read.get(name).toString(), name);
          assertArrayEquals(tensor.toFloats(), read.get(name).toFloats(), name);
        });
    try (var opened = SafetensorsFile.open(file)) {
      assertEquals(Map.of("format", "pt"), opened.metadata());
      assertEquals(List.copyOf(tensors.keySet()), opened.names(), "in the order of the map");
      var one = Safetensors.read(opened, "turned INT64");
      assertArrayEquals(tensors.get("turned INT64").toLongs(), one.toLongs());
    }
  }

  @Test
  void noTensorsAtAll() {
    var file = folder.resolve("none.safetensors");
    Safetensors.write(file, Map.of(), Map.of());
    assertEquals(Map.of(), Safetensors.read(file));
  }

  @Test
  void whatIsReadOutlivesTheFile() throws Exception {
    var file = folder.resolve("x.safetensors");
    Safetensors.write(file, Map.of("x", Tensor.of(new float[] {1, 2}, 2)), Map.of());
    var x = Safetensors.read(file).get("x");
    Files.delete(file);
    assertArrayEquals(new float[] {1, 2}, x.toFloats());
    x.mulInPlace(2);
    assertArrayEquals(new float[] {2, 4}, x.toFloats());
  }

  @Test
  void aFailedWriteLeavesTheOldFileAlone() throws Exception {
    var file = folder.resolve("x.safetensors");
    Safetensors.write(file, Map.of("x", Tensor.of(new float[] {1, 2}, 2)), Map.of());
    var before = Files.readAllBytes(file);
    var closed = Tensor.zeros(DType.FLOAT32, Device.CPU, 2);
    closed.close();
    assertThrows(
        TensorException.class, () -> Safetensors.write(file, Map.of("x", closed), Map.of()));
    assertArrayEquals(before, Files.readAllBytes(file));
    try (var files = Files.list(folder)) {
      assertEquals(List.of(file), files.toList());
    }
  }

  @Test
  void errorsNameTheFileAndTheTensor() {
    var file = folder.resolve("x.safetensors");
    var missing = assertThrows(SafetensorsException.class, () -> Safetensors.read(file));
    assertEquals(file + ": there is no such file", missing.getMessage());
    Safetensors.write(file, Map.of("x", Tensor.of(new float[] {1, 2}, 2)), Map.of());
    try (var opened = SafetensorsFile.open(file)) {
      var unknown = assertThrows(SafetensorsException.class, () -> Safetensors.read(opened, "y"));
      assertTrue(unknown.getMessage().startsWith(file + ": there is no tensor \"y\""));
    }
  }

  @Test
  void aTypeThatIsNotComputedWithIsTold() throws Exception {
    var golden = SafetensorsFileTest.golden();
    try (var opened = SafetensorsFile.open(golden)) {
      var error = assertThrows(TensorException.class, () -> Safetensors.read(opened, "short"));
      assertTrue(error.getMessage().contains("UINT16"), error.getMessage());
      assertArrayEquals(new long[] {2, 3}, Safetensors.read(opened, "embed.weight").shape());
      assertEquals(0, Safetensors.read(opened, "empty").count());
      assertEquals(0, Safetensors.read(opened, "scalar").rank());
    }
  }
}
