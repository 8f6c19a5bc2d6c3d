package inkstone.tensor;

import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
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

  private static final int CHUNK = 1 << 20;

  private final Path target;
  private final Path partial;
  private final FileChannel channel;
  private final Map<String, String> metadata;
  private final List<Spec> specs;
  private final int headerLength;
  private final long[] written;
  private int current;
  private boolean open = true;

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
      Path target, FileChannel channel, Map<String, String> metadata, List<Spec> specs) {
    this.target = target;
    this.partial = partial(target);
    this.channel = channel;
    this.metadata = new TreeMap<>(metadata);
    this.specs = List.copyOf(specs);
    this.written = new long[specs.size()];
    // An unknown size counts with the most digits that it can have, so the header fits at the end.
    this.headerLength = header(true).render().length;
  }

  /** How a writer opens its partial file; a test puts a full disk here. */
  @FunctionalInterface
  interface Opener {
    FileChannel open(Path path) throws IOException;
  }

  /**
   * Starts a file whose tensors will be written in the order of {@code specs}.
   *
   * @param metadata text to keep beside the tensors
   * @throws SafetensorsException if a name comes twice or the folder cannot be written
   */
  public static SafetensorsWriter create(
      Path target, Map<String, String> metadata, List<Spec> specs) {
    return create(
        target,
        metadata,
        specs,
        path -> FileChannel.open(path, StandardOpenOption.CREATE, StandardOpenOption.WRITE));
  }

  static SafetensorsWriter create(
      Path target, Map<String, String> metadata, List<Spec> specs, Opener opener) {
    var names = new HashSet<String>();
    for (var spec : specs) {
      if (!names.add(spec.name()) || spec.name().equals("__metadata__")) {
        throw new SafetensorsException(
            "%s: the name \"%s\" is taken; every tensor needs its own"
                .formatted(target, spec.name()));
      }
    }
    FileChannel channel;
    try {
      channel = opener.open(partial(target));
    } catch (IOException e) {
      throw new SafetensorsException(
          "%s: cannot be written: %s; does the folder exist, and may you write to it?"
              .formatted(target, e),
          e);
    }
    try {
      if (channel.tryLock() == null) {
        throw new OverlappingFileLockException();
      }
    } catch (IOException | OverlappingFileLockException e) {
      closeQuietly(channel);
      throw new SafetensorsException(
          "%s: is being written by somebody else; wait for it or use another folder"
              .formatted(target),
          e);
    }
    var writer = new SafetensorsWriter(target, channel, metadata, specs);
    try {
      channel.truncate(0);
      channel.position(8L + writer.headerLength);
    } catch (IOException e) {
      throw writer.failed(e);
    }
    return writer;
  }

  /**
   * Appends to a tensor: all of it at once or part after part, row-major and little-endian.
   *
   * @throws SafetensorsException if it is not its turn, it gets too much, or the disk is full
   */
  public void write(String name, MemorySegment part) {
    checkOpen();
    while (current < specs.size() && !specs.get(current).name().equals(name)) {
      checkWhole(current);
      current++;
    }
    if (current == specs.size()) {
      abandon();
      throw new SafetensorsException(
          "%s: \"%s\" is not a tensor that is still to come".formatted(target, name));
    }
    var spec = specs.get(current);
    var room = spec.unknown() ? Long.MAX_VALUE : spec.bytes();
    if (part.byteSize() > room - written[current]) {
      abandon();
      throw new SafetensorsException(
          "%s: tensor \"%s\": %d bytes are too many, %d of %d are still to come"
              .formatted(target, name, part.byteSize(), room - written[current], room));
    }
    try {
      for (long at = 0; at < part.byteSize(); at += CHUNK) {
        var chunk = part.asSlice(at, Math.min(CHUNK, part.byteSize() - at)).asByteBuffer();
        while (chunk.hasRemaining()) {
          channel.write(chunk);
        }
      }
    } catch (IOException e) {
      throw failed(e);
    }
    written[current] += part.byteSize();
  }

  /**
   * Ends the file: header, sync, rename over the target.
   *
   * @throws SafetensorsException if a tensor is not whole or the disk is full
   */
  public void commit() {
    checkOpen();
    for (int i = current; i < specs.size(); i++) {
      checkWhole(i);
    }
    try {
      var head = ByteBuffer.allocate(8 + headerLength).order(ByteOrder.LITTLE_ENDIAN);
      head.putLong(headerLength);
      var text = header(false).render();
      head.put(SafetensorsHeader.padded(text, headerLength)).flip();
      long at = 0;
      while (head.hasRemaining()) {
        at += channel.write(head, at);
      }
      channel.force(true);
      channel.close();
      Files.move(
          partial, target, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    } catch (IOException e) {
      throw failed(e);
    }
    open = false;
    syncFolder();
  }

  /** Gives up what was not committed. */
  @Override
  public void close() {
    if (open) {
      abandon();
    }
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
      abandon();
      throw new SafetensorsException(
          "%s: tensor \"%s\": %d bytes do not make %s %s"
              .formatted(target, spec.name(), written[index], spec.dtype().code(), spec.shape()));
    }
  }

  private void checkOpen() {
    if (!open) {
      throw new SafetensorsException(target + ": the writer is closed");
    }
  }

  private SafetensorsException failed(IOException e) {
    abandon();
    return new SafetensorsException(
        "%s: writing failed: %s. What was there before is unchanged; free some space or choose another folder"
            .formatted(target, e.getMessage()),
        e);
  }

  private void abandon() {
    open = false;
    closeQuietly(channel);
    try {
      Files.deleteIfExists(partial);
    } catch (IOException e) {
      // The next writer of this file truncates what stays.
    }
  }

  private static void closeQuietly(FileChannel channel) {
    try {
      channel.close();
    } catch (IOException e) {
      // Nothing that was promised depends on it.
    }
  }

  /** A rename outlives a power cut only once its folder is synced; Windows has no such call. */
  private void syncFolder() {
    var folder = target.toAbsolutePath().getParent();
    if (folder == null) {
      return;
    }
    try (var directory = FileChannel.open(folder, StandardOpenOption.READ)) {
      directory.force(true);
    } catch (IOException e) {
      // The file is in its place all the same.
    }
  }

  private static Path partial(Path target) {
    return target.resolveSibling(target.getFileName() + ".partial");
  }
}
