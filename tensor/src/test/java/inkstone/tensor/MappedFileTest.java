package inkstone.tensor;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Tensors that share the memory of a file. */
class MappedFileTest {

  @TempDir Path folder;
  private final java.util.Random random = Plain.random();
  private long before;
  private Scope scope;
  private Path file;

  @BeforeEach
  void open() {
    before = Tensor.live();
    scope = Scope.open();
    file = folder.resolve("x.safetensors");
    var tensors = new LinkedHashMap<String, Tensor>();
    tensors.put("a", Plain.random(random, 3, 4).tensor().to(DType.FLOAT32));
    tensors.put("b", Plain.random(random, 2, 4).tensor().to(DType.FLOAT32));
    tensors.put("c", Plain.random(random, 5).tensor().to(DType.BFLOAT16));
    tensors.put("d", Tensor.range(0, 3, Device.CPU));
    tensors.put("none", Tensor.zeros(DType.FLOAT32, Device.CPU, 0, 4));
    Safetensors.write(file, tensors, Map.of());
  }

  @AfterEach
  void close() {
    scope.close();
    assertEquals(before, Tensor.live());
  }

  @Test
  void holdsWhatAReaderCopies() {
    var read = Safetensors.read(file);
    var mapped = Safetensors.map(file);
    assertEquals(List.copyOf(read.keySet()), List.copyOf(mapped.keySet()));
    read.forEach(
        (name, tensor) -> {
          assertEquals(tensor.toString(), mapped.get(name).toString());
          assertArrayEquals(tensor.toFloats(), mapped.get(name).toFloats(), name);
        });
  }

  private static long address(Tensor tensor) {
    return tensor.handle.data_ptr().address();
  }

  /** The tensors' distances in memory are those in the file: nothing was copied. */
  @Test
  void sharesTheMemory() {
    var mapped = Safetensors.map(file);
    try (var opened = SafetensorsFile.open(file)) {
      for (var name : List.of("b", "c")) {
        assertEquals(
            opened.start(name) - opened.start("a"),
            address(mapped.get(name)) - address(mapped.get("a")),
            name);
      }
    }
  }

  @Test
  void neighboursJoinWithoutACopyOthersWithOne() {
    var mapped = Safetensors.map(file);
    var a = mapped.get("a");
    var b = mapped.get("b");
    var both = Tensor.joined(List.of(a, b));
    assertEquals(address(a), address(both));
    assertArrayEquals(new long[] {5, 4}, both.shape());
    assertArrayEquals(Tensor.concat(0, List.of(a, b)).toFloats(), both.toFloats());
    for (var others : List.of(List.of(b, a), List.of(a, a), List.of(a, b.copy()))) {
      var copy = Tensor.joined(others);
      assertArrayEquals(Tensor.concat(0, others).toFloats(), copy.toFloats());
      assertFalse(address(others.getFirst()) == address(copy));
    }
    // Rows of one tensor are neighbours, columns are not.
    assertEquals(address(a), address(Tensor.joined(List.of(a.narrow(0, 0, 1), a.narrow(0, 1, 2)))));
    var columns = List.of(a.narrow(1, 0, 2), a.narrow(1, 2, 2));
    assertArrayEquals(Tensor.concat(0, columns).toFloats(), Tensor.joined(columns).toFloats());
  }

  @Test
  void changesNeverReachTheFile() throws IOException {
    var bytes = Files.readAllBytes(file);
    var a = Safetensors.map(file).get("a");
    var doubled = a.mul(2).toFloats();
    a.mulInPlace(2);
    assertArrayEquals(doubled, a.toFloats());
    assertArrayEquals(bytes, Files.readAllBytes(file));
    assertFalse(java.util.Arrays.equals(doubled, Safetensors.map(file).get("a").toFloats()));
  }

  @Test
  void gradientsGatherAsElsewhere() {
    var a = Safetensors.map(file).get("a").requiresGrad(true);
    a.mul(a).sum().backward();
    assertArrayEquals(a.mul(2).toFloats(), a.grad().orElseThrow().toFloats(), 1e-6f);
  }

  /** A tensor lives on when the file is gone and the others are freed. */
  @Test
  void outlivesItsFile() throws IOException {
    var mapped = Safetensors.map(file);
    var b = Scope.keep(mapped.get("b"));
    var expected = b.toFloats();
    mapped.get("a").close();
    Files.delete(file);
    scope.close();
    scope = Scope.open();
    assertArrayEquals(expected, b.toFloats());
    b.close();
  }

  /** A header that is not padded puts numbers at odd places. */
  @Test
  void whatLiesAskewIsCopied() throws IOException {
    var header = "{\"x\":{\"dtype\":\"F32\",\"shape\":[2],\"data_offsets\":[0,8]}}";
    while (header.length() % 4 != 1) {
      header += " ";
    }
    var text = header.getBytes(StandardCharsets.UTF_8);
    var bytes = ByteBuffer.allocate(8 + text.length + 8).order(ByteOrder.LITTLE_ENDIAN);
    bytes.putLong(text.length).put(text).putFloat(1.5f).putFloat(-2);
    Files.write(file, bytes.array());
    assertArrayEquals(new float[] {1.5f, -2}, Safetensors.map(file).get("x").toFloats());
  }

  @Test
  void aFileThatIsCutIsRefused() throws IOException {
    var bytes = Files.readAllBytes(file);
    Files.write(file, java.util.Arrays.copyOf(bytes, bytes.length - 1));
    var message =
        assertThrows(SafetensorsException.class, () -> Safetensors.map(file)).getMessage();
    assertTrue(message.startsWith(file.toString()), message);
    assertThrows(SafetensorsException.class, () -> Safetensors.map(folder.resolve("y")));
  }
}
