package inkstone.tensor;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;

/** Puts a GGUF file together byte by byte, right or wrong. */
final class GgufBytes {

  private final ByteBuffer bytes = ByteBuffer.allocate(1 << 16).order(ByteOrder.LITTLE_ENDIAN);

  private GgufBytes() {}

  /** Magic, version 3 and the two counts. */
  static GgufBytes of(long tensors, long keys) {
    return of(GgufHeader.MAGIC, 3, tensors, keys);
  }

  static GgufBytes of(int magic, int version, long tensors, long keys) {
    return new GgufBytes().ints(magic, version).longs(tensors, keys);
  }

  GgufBytes ints(int... values) {
    for (int value : values) {
      bytes.putInt(value);
    }
    return this;
  }

  GgufBytes longs(long... values) {
    for (long value : values) {
      bytes.putLong(value);
    }
    return this;
  }

  GgufBytes text(String text) {
    var encoded = text.getBytes(UTF_8);
    bytes.putLong(encoded.length).put(encoded);
    return this;
  }

  GgufBytes raw(int... values) {
    for (int value : values) {
      bytes.put((byte) value);
    }
    return this;
  }

  /** What is told of a tensor; {@code shape} innermost first, as in a file. */
  GgufBytes tensor(String name, int type, long offset, long... shape) {
    return text(name).ints(shape.length).longs(shape).ints(type).longs(offset);
  }

  /** Zeros up to a multiple of 32, then so many more. */
  GgufBytes data(int count) {
    bytes.position((bytes.position() + 31) / 32 * 32 + count);
    return this;
  }

  Path write(Path path) throws IOException {
    var content = new byte[bytes.position()];
    bytes.get(0, content);
    return Files.write(path, content);
  }
}
