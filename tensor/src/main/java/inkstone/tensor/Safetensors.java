package inkstone.tensor;

import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SequencedMap;

/** Tensors to and from {@code .safetensors} files. */
public final class Safetensors {

  private Safetensors() {}

  /** A copy of one tensor of a file, on the CPU. */
  public static Tensor read(SafetensorsFile file, String name) {
    var entry = file.entry(name);
    return Tensor.of(
        entry.data(), entry.dtype(), entry.shape().stream().mapToLong(Long::longValue).toArray());
  }

  /** A copy of every tensor of a file by name, on the CPU. */
  public static SequencedMap<String, Tensor> read(Path path) {
    try (var file = SafetensorsFile.open(path)) {
      var tensors = new LinkedHashMap<String, Tensor>();
      file.names().forEach(name -> tensors.put(name, read(file, name)));
      return tensors;
    }
  }

  /**
   * Writes tensors beside {@code path}, syncs them and renames the file into place.
   *
   * @throws SafetensorsException if that fails; what was at {@code path} is then as it was
   */
  public static void write(Path path, Map<String, Tensor> tensors, Map<String, String> metadata) {
    List<SafetensorsWriter.Spec> specs =
        tensors.entrySet().stream()
            .map(
                e ->
                    new SafetensorsWriter.Spec(
                        e.getKey(), e.getValue().dtype(), shape(e.getValue())))
            .toList();
    try (var writer = SafetensorsWriter.create(path, metadata, specs)) {
      tensors.forEach((name, tensor) -> tensor.read(memory -> writer.write(name, memory)));
      writer.commit();
    }
  }

  private static List<Long> shape(Tensor tensor) {
    return Arrays.stream(tensor.shape()).boxed().toList();
  }
}
