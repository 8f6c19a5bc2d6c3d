package inkstone.tensor;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;

/** Goes through the header of a GGUF file; nothing is taken that the file does not hold. */
final class GgufCursor {

  private static final ValueLayout.OfInt INT =
      ValueLayout.JAVA_INT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
  private static final ValueLayout.OfLong LONG =
      ValueLayout.JAVA_LONG_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);

  private final Path path;
  private final MemorySegment file;
  private final long limit;
  private long at;

  GgufCursor(Path path, MemorySegment file) {
    this.path = path;
    this.file = file;
    this.limit = Math.min(file.byteSize(), GgufFile.MAX_HEADER);
  }

  /** Bytes gone through so far. */
  long at() {
    return at;
  }

  int int32(String what) {
    need(4, 1, what);
    at += 4;
    return file.get(INT, at - 4);
  }

  long int64(String what) {
    need(8, 1, what);
    at += 8;
    return file.get(LONG, at - 8);
  }

  /** A number of things of which each takes {@code least} bytes or more. */
  long count(long least, String what) {
    long count = int64(what);
    need(count, least, what);
    return count;
  }

  /** A length of 64 bits, then that many bytes of UTF-8. */
  String string(long most, String what) {
    long length = count(1, what);
    if (length > most) {
      throw broken("%s has %d bytes; at most %d are allowed".formatted(what, length, most));
    }
    var text = bytes(length, what);
    try {
      return StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(text)).toString();
    } catch (CharacterCodingException e) {
      throw new GgufException(
          "%s: %s before byte %d is not valid UTF-8; the file is damaged, fetch or write it again"
              .formatted(path, what, at),
          e);
    }
  }

  byte[] bytes(long count, String what) {
    need(count, 1, what);
    at += count;
    return file.asSlice(at - count, count).toArray(ValueLayout.JAVA_BYTE);
  }

  private void need(long count, long size, String what) {
    long left = limit - at;
    if (count >= 0 && count <= left / size) {
      return;
    }
    if (limit < file.byteSize() && count >= 0 && count <= (file.byteSize() - at) / size) {
      throw broken(
          "the header goes on above %d bytes at %s; no model needs that".formatted(limit, what));
    }
    throw broken(
        "%s cannot be: %s of %d bytes each do not fit the %d that follow"
            .formatted(what, Long.toUnsignedString(count), size, left));
  }

  /** What is wrong, where, and what to do. */
  GgufException broken(String what) {
    return new GgufException(
        "%s: at byte %d: %s; the file was cut or damaged, fetch or write it again"
            .formatted(path, at, what));
  }
}
