package inkstone.tensor;

import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * Writes a {@code .safetensors} file in bounded memory.
 *
 * <p>The data goes to {@code NAME.partial} beside the target. {@link #commit} syncs it and renames
 * it over the target, so that a reader sees the old file or the new one and nothing between; if the
 * disk is full, or the writer is closed without a commit, the partial file goes and the old file
 * stays as it was.
 *
 * <pre>{@code
 * try (var writer = SafetensorsWriter.create(path, Map.of(), List.of(new Spec("w", FLOAT32, List.of(2L))))) {
 *   writer.write("w", segment);
 *   writer.commit();
 * }
 * }</pre>
 */
public final class SafetensorsWriter implements AutoCloseable {

  /** A first dimension that is not known yet; {@link #commit} finds it from what was written. */
  public static final long UNKNOWN = -1;

  private final Path target;
  private final SafeFile file;
  private final Map<String, String> metadata;
  private final List<Spec> specs;
  private final int headerLength;
  private final long[] written;
  private int current;

  /**
   * A tensor to come.
   *
   * @param name its name, unique in the file
   * @param dtype type of its elements
   * @param shape its sizes, outermost first; the first may be {@link #UNKNOWN}
   */
  public record Spec(String name, DType dtype, List<Long> shape) {
    /** Checks the shape. */
    public Spec {
      shape = List.copyOf(shape);
      for (int i = 0; i < shape.size(); i++) {
        if (shape.get(i) < (i == 0 ? UNKNOWN : 0)) {
          throw new SafetensorsException(
              "tensor \"%s\": a shape cannot be %s".formatted(name, shape));
        }
      }
      var bytes = SafetensorsHeader.bytes(dtype, unknown(shape) ? tail(shape) : shape);
      if (bytes < 0 || (bytes == 0 && unknown(shape))) {
        throw new SafetensorsException(
            "tensor \"%s\": %s %s has no usable size in bytes"
                .formatted(name, dtype.code(), shape));
      }
    }

    private boolean unknown() {
      return unknown(shape);
    }

    /** Bytes of the whole tensor, of one row where the number of rows is unknown. */
    private long bytes() {
      return SafetensorsHeader.bytes(dtype, unknown() ? tail(shape) : shape);
    }

    private static List<Long> tail(List<Long> shape) {
      return shape.subList(1, shape.size());
    }

    private static boolean unknown(List<Long> shape) {
      return !shape.isEmpty() && shape.getFirst() == UNKNOWN;
    }
  }

  private SafetensorsWriter(
      Path target, SafeFile file, Map<String, String> metadata, List<Spec> specs) {
    this.target = target;
    this.file = file;
    this.metadata = new TreeMap<>(metadata);
    this.specs = List.copyOf(specs);
    this.written = new long[specs.size()];
    // An unknown size counts with the most digits that it can have, so the header fits at the end.
    this.headerLength = header(true).render().length;
  }

  /**
   * Starts a file whose tensors will be written in the order of {@code specs}.
   *
   * @param metadata text to keep beside the tensors
   * @throws SafetensorsException if a name comes twice or the folder cannot be written
   */
  public static SafetensorsWriter create(
      Path target, Map<String, String> metadata, List<Spec> specs) {
    return create(target, metadata, specs, SafeFile.Opener.USUAL);
  }

  static SafetensorsWriter create(
      Path target, Map<String, String> metadata, List<Spec> specs, SafeFile.Opener opener) {
    var names = new HashSet<String>();
    for (var spec : specs) {
      if (!names.add(spec.name()) || spec.name().equals("__metadata__")) {
        throw new SafetensorsException(
            "%s: the name \"%s\" is taken; every tensor needs its own"
                .formatted(target, spec.name()));
      }
    }
    var file = SafeFile.create(target, opener, SafetensorsException::new);
    var writer = new SafetensorsWriter(target, file, metadata, specs);
    file.skip(8L + writer.headerLength);
    return writer;
  }

  /**
   * Appends to a tensor: all of it at once or part after part, row-major and little-endian.
   *
   * @throws SafetensorsException if it is not its turn, it gets too much, or the disk is full
   */
  public void write(String name, MemorySegment part) {
    file.checkOpen();
    while (current < specs.size() && !specs.get(current).name().equals(name)) {
      checkWhole(current);
      current++;
    }
    if (current == specs.size()) {
      file.close();
      throw new SafetensorsException(
          "%s: \"%s\" is not a tensor that is still to come".formatted(target, name));
    }
    var spec = specs.get(current);
    var room = spec.unknown() ? Long.MAX_VALUE : spec.bytes();
    if (part.byteSize() > room - written[current]) {
      file.close();
      throw new SafetensorsException(
          "%s: tensor \"%s\": %d bytes are too many, %d of %d are still to come"
              .formatted(target, name, part.byteSize(), room - written[current], room));
    }
    file.write(part);
    written[current] += part.byteSize();
  }

  /**
   * Ends the file: header, sync, rename over the target.
   *
   * @throws SafetensorsException if a tensor is not whole or the disk is full
   */
  public void commit() {
    file.checkOpen();
    for (int i = current; i < specs.size(); i++) {
      checkWhole(i);
    }
    var head = ByteBuffer.allocate(8 + headerLength).order(ByteOrder.LITTLE_ENDIAN);
    head.putLong(headerLength);
    head.put(SafetensorsHeader.padded(header(false).render(), headerLength));
    file.head(head.array());
    file.commit();
  }

  /** Gives up what was not committed. */
  @Override
  public void close() {
    file.close();
  }

  private SafetensorsHeader header(boolean widest) {
    var tensors = new LinkedHashMap<String, SafetensorsHeader.Place>();
    long at = 0;
    for (int i = 0; i < specs.size(); i++) {
      var spec = specs.get(i);
      var shape = spec.shape();
      long end;
      if (spec.unknown()) {
        shape = new ArrayList<>(shape);
        shape.set(0, widest ? Long.MAX_VALUE : written[i] / spec.bytes());
        end = widest ? Long.MAX_VALUE : at + written[i];
      } else {
        end = at == Long.MAX_VALUE ? at : at + spec.bytes();
      }
      tensors.put(spec.name(), new SafetensorsHeader.Place(spec.dtype(), shape, at, end));
      at = end;
    }
    return new SafetensorsHeader(metadata, Collections.unmodifiableMap(tensors));
  }

  private void checkWhole(int index) {
    var spec = specs.get(index);
    var whole =
        spec.unknown() ? written[index] % spec.bytes() == 0 : written[index] == spec.bytes();
    if (!whole) {
      file.close();
      throw new SafetensorsException(
          "%s: tensor \"%s\": %d bytes do not make %s %s"
              .formatted(target, spec.name(), written[index], spec.dtype().code(), spec.shape()));
    }
  }
}
