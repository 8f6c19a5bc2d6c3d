package inkstone.tensor;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.Map;

/**
 * A {@code .gguf} file (version 2 or 3, little-endian), mapped into memory: opening it reads the
 * header alone, and a file larger than RAM is fine.
 *
 * <p>The segments of its entries die with {@link #close}. Safe for use by many threads.
 *
 * @see <a href="https://github.com/ggml-org/ggml/blob/master/docs/gguf.md">the format</a>
 */
public final class GgufFile implements AutoCloseable {

  /** The largest header that is read; a vocabulary of 262144 tokens with merges takes 17 MB. */
  static final long MAX_HEADER = 128 << 20;

  private final Path path;
  private final Arena arena;
  private final GgufHeader header;
  private final MemorySegment file;

  /**
   * One tensor of the file.
   *
   * @param type how the elements are stored
   * @param shape sizes of the dimensions, outermost first (a file has them the other way round);
   *     empty for a scalar
   * @param data the blocks as stored, row after row, little-endian, read-only; not necessarily
   *     aligned
   */
  public record Entry(GgufType type, List<Long> shape, MemorySegment data) {}

  private GgufFile(Path path, Arena arena, GgufHeader header, MemorySegment file) {
    this.path = path;
    this.arena = arena;
    this.header = header;
    this.file = file;
  }

  /**
   * Maps a file and checks its header.
   *
   * @throws GgufException if the file is missing, cut, or breaks the format
   */
  @SuppressWarnings("MustBeClosedChecker") // The file closes its arena.
  public static GgufFile open(Path path) {
    if (Files.isDirectory(path)) {
      throw new GgufException(path + ": this is a folder and not a GGUF file");
    }
    var arena = Arena.ofShared();
    try (var channel = FileChannel.open(path, StandardOpenOption.READ)) {
      var all = channel.map(FileChannel.MapMode.READ_ONLY, 0, channel.size(), arena);
      return of(path, arena, all);
    } catch (NoSuchFileException e) {
      arena.close();
      throw new GgufException(path + ": there is no such file", e);
    } catch (IOException e) {
      arena.close();
      throw new GgufException(path + ": cannot be read: " + e.getMessage(), e);
    } catch (RuntimeException | Error e) {
      arena.close();
      throw e;
    }
  }

  /** A file whose bytes are these. */
  static GgufFile of(Path path, Arena arena, MemorySegment all) {
    return new GgufFile(path, arena, GgufHeader.parse(path, all), all);
  }

  /** The format's version: 2 or 3. */
  public int version() {
    return header.version();
  }

  /**
   * What the file tells of itself, by key ({@code general.architecture}, {@code
   * tokenizer.ggml.tokens}, ...), in the order of the file; unmodifiable.
   *
   * <p>A value is a {@link String}, a {@link Boolean}, a {@link Float} (float32), a {@link Double}
   * (float64), an {@link Integer} (int8, uint8, int16, uint16, int32), a {@link Long} (uint32,
   * int64, uint64; {@link java.math.BigInteger} for a uint64 above 2^63 - 1), or an unmodifiable
   * {@link List} of values of one of these kinds. Read whole numbers as {@link Number}.
   */
  public Map<String, Object> metadata() {
    return header.metadata();
  }

  /** Names of the tensors in the order of their data. */
  public List<String> names() {
    return List.copyOf(header.tensors().keySet());
  }

  /**
   * The tensor of that name.
   *
   * @throws GgufException if the file has none
   */
  public Entry entry(String name) {
    var place = header.tensors().get(name);
    if (place == null) {
      throw new GgufException(
          "%s: there is no tensor \"%s\" among its %d (%s)"
              .formatted(
                  path,
                  name,
                  header.tensors().size(),
                  String.join(", ", names().stream().limit(8).toList())));
    }
    return new Entry(
        place.type(), place.shape(), file.asSlice(place.begin(), place.end() - place.begin()));
  }

  /** Unmaps the file; its segments may not be used any more. */
  @Override
  public void close() {
    if (arena.scope().isAlive()) {
      arena.close();
    }
  }
}
