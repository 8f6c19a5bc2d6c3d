package inkstone.tensor;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.Map;

/**
 * A {@code .safetensors} file, mapped into memory: opening it reads the header alone, and a file
 * larger than RAM is fine.
 *
 * <p>The segments of its entries die with {@link #close}. Safe for use by many threads.
 *
 * @see <a href="https://huggingface.co/docs/safetensors">the format</a>
 */
public final class SafetensorsFile implements AutoCloseable {

  /** The largest header that the format's reference implementation accepts. */
  static final long MAX_HEADER = 100_000_000;

  private final Path path;
  private final Arena arena;
  private final SafetensorsHeader header;
  private final MemorySegment data;

  /**
   * One tensor of the file.
   *
   * @param dtype type of the elements
   * @param shape sizes of the dimensions, outermost first; empty for a scalar
   * @param data the elements, row-major, little-endian, read-only; not necessarily aligned
   */
  public record Entry(DType dtype, List<Long> shape, MemorySegment data) {}

  private SafetensorsFile(Path path, Arena arena, SafetensorsHeader header, MemorySegment data) {
    this.path = path;
    this.arena = arena;
    this.header = header;
    this.data = data;
  }

  /**
   * Maps a file and checks its header.
   *
   * @throws SafetensorsException if the file is missing, cut, or breaks the format
   */
  @SuppressWarnings("MustBeClosedChecker") // The file closes its arena.
  public static SafetensorsFile open(Path path) {
    var arena = Arena.ofShared();
    try {
      return map(path, arena);
    } catch (RuntimeException | Error e) {
      arena.close();
      throw e;
    }
  }

  private static SafetensorsFile map(Path path, Arena arena) {
    try (var channel = FileChannel.open(path, StandardOpenOption.READ)) {
      var all = channel.map(FileChannel.MapMode.READ_ONLY, 0, channel.size(), arena);
      return of(path, arena, all);
    } catch (NoSuchFileException e) {
      throw new SafetensorsException(path + ": there is no such file", e);
    } catch (IOException e) {
      throw new SafetensorsException(path + ": cannot be read: " + e.getMessage(), e);
    }
  }

  /** A file whose bytes are these. */
  static SafetensorsFile of(Path path, Arena arena, MemorySegment all) {
    if (all.byteSize() < 8) {
      throw new SafetensorsException(
          "%s: %d bytes are too few for a safetensors file; it was cut or is of another format"
              .formatted(path, all.byteSize()));
    }
    var length = all.get(ValueLayout.JAVA_LONG_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN), 0);
    if (length < 2 || length > MAX_HEADER) {
      throw new SafetensorsException(
          "%s: a header of %s bytes cannot be (allowed: 2 to %d); this is not a safetensors file"
              .formatted(path, Long.toUnsignedString(length), MAX_HEADER));
    }
    if (length > all.byteSize() - 8) {
      throw new SafetensorsException(
          "%s: the header needs %d bytes, the file has %d; it was cut: fetch or write it again"
              .formatted(path, length + 8, all.byteSize()));
    }
    var text = all.asSlice(8, length).toArray(ValueLayout.JAVA_BYTE);
    var data = all.asSlice(8 + length);
    return new SafetensorsFile(
        path, arena, SafetensorsHeader.parse(path, text, data.byteSize()), data);
  }

  /** The text that the writer left beside the tensors; empty if there is none. */
  public Map<String, String> metadata() {
    return header.metadata();
  }

  /** Names of the tensors in the order of their data. */
  public List<String> names() {
    return List.copyOf(header.tensors().keySet());
  }

  /**
   * The tensor of that name.
   *
   * @throws SafetensorsException if the file has none
   */
  public Entry entry(String name) {
    var place = header.tensors().get(name);
    if (place == null) {
      throw new SafetensorsException(
          "%s: there is no tensor \"%s\" among its %d (%s)"
              .formatted(
                  path,
                  name,
                  header.tensors().size(),
                  String.join(", ", names().stream().limit(8).toList())));
    }
    return new Entry(
        place.dtype(),
        place.shape(),
        data.asSlice(place.begin(), place.end() - place.begin()).asReadOnly());
  }

  /** Unmaps the file; its segments may not be used any more. */
  @Override
  public void close() {
    if (arena.scope().isAlive()) {
      arena.close();
    }
  }
}
