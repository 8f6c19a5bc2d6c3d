package inkstone.tensor;

import java.lang.foreign.MemorySegment;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Map;

/**
 * Writes a {@code .gguf} file of version 3 in bounded memory: beside its place, synced and renamed
 * over it by {@link #commit}; without that the old file stays as it was.
 *
 * @see Gguf#write for whole tensors
 */
public final class GgufWriter implements AutoCloseable {

  private static final int VERSION = 3;

  private final Path target;
  private final SafeFile file;
  private final List<Spec> specs;
  private int current;
  private long written;

  /**
   * A tensor to come.
   *
   * @param name its name, unique in the file
   * @param type how its elements are stored
   * @param shape its sizes, outermost first; at most 4, the last a multiple of the type's block
   */
  public record Spec(String name, GgufType type, List<Long> shape) {
    /** Checks the shape. */
    public Spec {
      shape = List.copyOf(shape);
      if (shape.size() > GgufHeader.MAX_DIMENSIONS || GgufHeader.bytes(type, shape) < 0) {
        throw new GgufException(
            "tensor \"%s\": no %s tensor can have the shape %s; rows are multiples of %d"
                .formatted(name, type, shape, type.blockElements()));
      }
    }

    private long bytes() {
      return GgufHeader.bytes(type, shape);
    }
  }

  private GgufWriter(Path target, SafeFile file, List<Spec> specs) {
    this.target = target;
    this.file = file;
    this.specs = specs;
  }

  /**
   * Starts a file whose tensors will be written in the order of {@code specs}.
   *
   * @param metadata in the order of the file, values as {@link GgufFile#metadata} gives them: an
   *     Integer is written as int32, a Long as uint32 where it fits and as int64 otherwise
   * @throws GgufException if a name comes twice, a value is of another kind, or the folder cannot
   *     be written
   */
  public static GgufWriter create(Path target, Map<String, Object> metadata, List<Spec> specs) {
    return create(target, metadata, specs, SafeFile.Opener.USUAL);
  }

  static GgufWriter create(
      Path target, Map<String, Object> metadata, List<Spec> specs, SafeFile.Opener opener) {
    var header = header(target, metadata, specs);
    var file = SafeFile.create(target, opener, GgufException::new);
    file.write(MemorySegment.ofArray(header));
    return new GgufWriter(target, file, List.copyOf(specs));
  }

  private static byte[] header(Path target, Map<String, Object> metadata, List<Spec> specs) {
    if (metadata.containsKey(GgufHeader.ALIGNMENT)) {
      throw new GgufException(
          "%s: %s is chosen by the writer; leave it out".formatted(target, GgufHeader.ALIGNMENT));
    }
    var out = new GgufOutput().int32(GgufHeader.MAGIC).int32(VERSION);
    out.int64(specs.size()).int64(metadata.size());
    metadata.forEach((key, value) -> out.string(key).value(key, value));
    var names = new HashSet<String>();
    long offset = 0;
    for (var spec : specs) {
      if (!names.add(spec.name())) {
        throw new GgufException(
            "%s: the name \"%s\" is taken; every tensor needs its own"
                .formatted(target, spec.name()));
      }
      out.string(spec.name()).int32(spec.shape().size());
      spec.shape().reversed().forEach(out::int64);
      out.int32(spec.type().code()).int64(offset);
      offset = GgufHeader.padded(offset + spec.bytes(), GgufHeader.DEFAULT_ALIGNMENT);
    }
    var bytes = out.pad(GgufHeader.DEFAULT_ALIGNMENT).bytes();
    if (bytes.length > GgufFile.MAX_HEADER) {
      throw new GgufException(
          "%s: a header of %d bytes is more than readers take (%d); leave out metadata"
              .formatted(target, bytes.length, GgufFile.MAX_HEADER));
    }
    return bytes;
  }

  /**
   * Appends stored blocks to a tensor: all of it at once or part after part.
   *
   * @throws GgufException if it is not its turn, it gets too much, or the disk is full
   */
  public void write(String name, MemorySegment blocks) {
    file.checkOpen();
    while (current < specs.size() && !specs.get(current).name().equals(name)) {
      end();
    }
    if (current == specs.size()) {
      file.close();
      throw new GgufException(
          "%s: \"%s\" is not a tensor that is still to come".formatted(target, name));
    }
    long room = specs.get(current).bytes() - written;
    if (blocks.byteSize() > room) {
      file.close();
      throw new GgufException(
          "%s: tensor \"%s\": %d bytes are too many, %d are still to come"
              .formatted(target, name, blocks.byteSize(), room));
    }
    file.write(blocks);
    written += blocks.byteSize();
  }

  /** Ends the current tensor with the zeros before the next. */
  private void end() {
    var spec = specs.get(current);
    if (written != spec.bytes()) {
      file.close();
      throw new GgufException(
          "%s: tensor \"%s\": %d bytes do not make %s %s"
              .formatted(target, spec.name(), written, spec.type(), spec.shape()));
    }
    long padding = GgufHeader.padded(written, GgufHeader.DEFAULT_ALIGNMENT) - written;
    file.write(MemorySegment.ofArray(new byte[(int) padding]));
    current++;
    written = 0;
  }

  /**
   * Ends the file: sync, rename over the target.
   *
   * @throws GgufException if a tensor is not whole or the disk is full
   */
  public void commit() {
    file.checkOpen();
    while (current < specs.size()) {
      end();
    }
    file.commit();
  }

  /** Gives up what was not committed. */
  @Override
  public void close() {
    file.close();
  }
}
