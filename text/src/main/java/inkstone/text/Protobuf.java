package inkstone.text;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;

/**
 * Reads the fields of one protobuf message in order (the wire format, protobuf.dev). A field that
 * nobody asks for is passed over.
 */
final class Protobuf {

  private static final int VARINT = 0;
  private static final int FIXED64 = 1;
  private static final int BYTES = 2;
  private static final int FIXED32 = 5;

  private final ByteBuffer in;
  private final String where;
  private int tag;

  /**
   * @param where names the file in messages
   */
  Protobuf(ByteBuffer bytes, String where) {
    in = bytes.slice().order(ByteOrder.LITTLE_ENDIAN);
    this.where = where;
  }

  /** Goes to the next field; false where there is none. */
  boolean next() {
    if (!in.hasRemaining()) {
      return false;
    }
    tag = (int) varint();
    if (field() == 0) {
      throw damaged();
    }
    return true;
  }

  /** The number of this field. */
  int field() {
    return tag >>> 3;
  }

  /** The value of a number or truth value. */
  long number() {
    expect(VARINT);
    return varint();
  }

  /** The value of a {@code float}. */
  float real() {
    expect(FIXED32);
    need(4);
    return in.getFloat();
  }

  /** The value of a string. */
  String text() {
    return StandardCharsets.UTF_8.decode(bytes()).toString();
  }

  /** The value of a message or of bytes. */
  ByteBuffer bytes() {
    expect(BYTES);
    long length = varint();
    if (length < 0 || length > in.remaining()) {
      throw damaged();
    }
    ByteBuffer bytes = in.slice(in.position(), (int) length);
    in.position(in.position() + (int) length);
    return bytes;
  }

  /** Passes over the value of this field. */
  void skip() {
    switch (tag & 7) {
      case VARINT -> varint();
      case FIXED64 -> advance(8);
      case BYTES -> bytes();
      case FIXED32 -> advance(4);
      default -> throw damaged();
    }
  }

  private void expect(int type) {
    if ((tag & 7) != type) {
      throw damaged();
    }
  }

  private void advance(int count) {
    need(count);
    in.position(in.position() + count);
  }

  private void need(int count) {
    if (in.remaining() < count) {
      throw damaged();
    }
  }

  private long varint() {
    long value = 0;
    for (int shift = 0; shift < 64; shift += 7) {
      need(1);
      byte b = in.get();
      value |= (long) (b & 0x7F) << shift;
      if (b >= 0) {
        return value;
      }
    }
    throw damaged();
  }

  private TokenizerException damaged() {
    return new TokenizerException(
        "%s: not a whole SentencePiece model (byte %d of a message is none that can stand there);"
                .formatted(where, in.position())
            + " fetch it again");
  }
}
