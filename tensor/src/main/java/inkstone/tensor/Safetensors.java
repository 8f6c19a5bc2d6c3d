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
   * Every tensor of a file by name, on the CPU, without a copy, but those of UINT16, which nothing
   * computes with: the file is mapped into memory, read when it is used, and unmapped when the last
   * of its tensors is freed. Changes are private; they never reach the file. Nobody may cut the
   * file as long: replace it by another instead.
   */
  public static SequencedMap<String, Tensor> map(Path path) {
    try (var file = SafetensorsFile.open(path);
        var scope = Scope.open()) {
      var all = MappedFile.of(path, file.end());
      var tensors = new LinkedHashMap<String, Tensor>();
      for (var name : file.names()) {
        var entry = file.entry(name);
        long[] shape = entry.shape().stream().mapToLong(Long::longValue).toArray();
        if (entry.dtype() == DType.UINT16) {
          continue;
        }
        // What lies askew, as a strange header may have it, is copied.
        boolean fits = file.start(name) % entry.dtype().bytes() == 0 && entry.data().byteSize() > 0;
        tensors.put(
            name,
            scope.out(
                fits
                    ? MappedFile.view(all, file.start(name), entry.dtype(), shape)
                    : read(file, name)));
      }
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
