package inkstone.tensor;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.Arrays;
import java.util.List;
import java.util.Map;

/** Tensors to and from {@code .gguf} files. */
public final class Gguf {

  /** Bytes of floats that are packed together. */
  private static final long PART = 1 << 22;

  private Gguf() {}

  /**
   * A copy of one tensor of a file as float32, on the CPU; quantised blocks are unpacked, to the
   * bit as ggml does.
   *
   * @throws GgufException if there is none of that name, or its type cannot be unpacked
   */
  public static Tensor read(GgufFile file, String name) {
    var entry = file.entry(name);
    if (!Dequantization.knows(entry.type())) {
      throw new GgufException(
          "tensor \"%s\" is stored as %s; known are F32, F16, BF16, Q8_0, Q4_0, Q4_1, Q5_0, Q5_1, Q4_K, Q5_K and Q6_K: take a file with these"
              .formatted(name, entry.type()));
    }
    var shape = entry.shape().stream().mapToLong(Long::longValue).toArray();
    var tensor = Tensor.zeros(DType.FLOAT32, Device.CPU, shape);
    Dequantization.run(entry.type(), entry.data(), Native.memory(tensor.alive()));
    return tensor;
  }

  /**
   * The type in which a tensor is written where {@code wanted} is asked for: float32 for a vector
   * or a single number (as llama.cpp demands), float16 where rows do not divide into blocks.
   */
  public static GgufType fitting(GgufType wanted, Tensor tensor) {
    if (tensor.rank() < 2) {
      return GgufType.F32;
    }
    return tensor.size(-1) % wanted.blockElements() == 0 ? wanted : GgufType.F16;
  }

  /** What a file says of a tensor that is written to it in {@code type}. */
  public static GgufWriter.Spec spec(String name, GgufType type, Tensor tensor) {
    return new GgufWriter.Spec(name, type, Arrays.stream(tensor.shape()).boxed().toList());
  }

  /**
   * Packs a tensor and appends it to a file, part after part.
   *
   * @throws GgufException if nothing can be packed into the type, or writing fails
   */
  public static void write(GgufWriter writer, GgufWriter.Spec spec, Tensor tensor) {
    if (!Quantization.knows(spec.type())) {
      throw new GgufException(
          "tensor \"%s\": %s cannot be written; F32, F16, Q8_0 and Q4_0 can"
              .formatted(spec.name(), spec.type()));
    }
    try (var scope = Scope.open();
        var arena = Arena.ofConfined()) {
      var blocks = arena.allocate(PART);
      tensor.detach().to(DType.FLOAT32).read(floats -> pack(writer, spec, floats, blocks));
    }
  }

  private static void pack(
      GgufWriter writer, GgufWriter.Spec spec, MemorySegment floats, MemorySegment blocks) {
    for (long at = 0; at < floats.byteSize(); at += PART) {
      long some = Math.min(PART, floats.byteSize() - at);
      long bytes = some / Float.BYTES / spec.type().blockElements() * spec.type().blockBytes();
      Quantization.run(spec.type(), floats.asSlice(at, some), blocks.asSlice(0, bytes));
      writer.write(spec.name(), blocks.asSlice(0, bytes));
    }
  }

  /**
   * Writes tensors beside {@code path}, syncs them and renames the file into place.
   *
   * @param specs what is written, in order; each names one of {@code tensors}
   * @throws GgufException if that fails; what was at {@code path} is then as it was
   */
  public static void write(
      java.nio.file.Path path,
      Map<String, Object> metadata,
      List<GgufWriter.Spec> specs,
      Map<String, Tensor> tensors) {
    try (var writer = GgufWriter.create(path, metadata, specs)) {
      for (var spec : specs) {
        var tensor = tensors.get(spec.name());
        if (tensor == null) {
          throw new GgufException(path + ": tensor \"" + spec.name() + "\" is not there to write");
        }
        write(writer, spec, tensor);
      }
      writer.commit();
    }
  }
}
