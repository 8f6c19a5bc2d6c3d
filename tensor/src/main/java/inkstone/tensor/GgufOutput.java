package inkstone.tensor;

import java.io.ByteArrayOutputStream;
import java.math.BigInteger;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.List;

/** The bytes of a GGUF file's header. */
final class GgufOutput {

  private static final BigInteger TWO_64 = BigInteger.TWO.pow(64);

  private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();

  byte[] bytes() {
    return bytes.toByteArray();
  }

  GgufOutput int32(int value) {
    return raw(ByteBuffer.allocate(4).order(ByteOrder.LITTLE_ENDIAN).putInt(value));
  }

  GgufOutput int64(long value) {
    return raw(ByteBuffer.allocate(8).order(ByteOrder.LITTLE_ENDIAN).putLong(value));
  }

  GgufOutput string(String text) {
    var encoded = text.getBytes(StandardCharsets.UTF_8);
    return int64(encoded.length).raw(ByteBuffer.wrap(encoded));
  }

  /** Zeros up to a multiple of {@code alignment}. */
  GgufOutput pad(long alignment) {
    return raw(
        ByteBuffer.allocate((int) (GgufHeader.padded(bytes.size(), alignment) - bytes.size())));
  }

  /** A value of metadata, behind the number of its type. */
  GgufOutput value(String key, Object value) {
    int type = type(key, value);
    return int32(type).content(key, type, value);
  }

  private GgufOutput content(String key, int type, Object value) {
    return switch (value) {
      case Boolean flag -> raw(ByteBuffer.wrap(new byte[] {(byte) (flag ? 1 : 0)}));
      case String text -> string(text);
      case Float number -> int32(Float.floatToRawIntBits(number));
      case Double number -> int64(Double.doubleToRawLongBits(number));
      case Integer number -> int32(number);
      case Long number -> type == GgufValue.UINT32 ? int32((int) (long) number) : int64(number);
      case BigInteger number -> int64(number.longValue());
      case List<?> list -> array(key, list);
      default -> throw wrong(key, value);
    };
  }

  private GgufOutput array(String key, List<?> list) {
    int type = GgufValue.INT32; // what an empty array is of does not matter
    for (int i = 0; i < list.size(); i++) {
      int next = type(key, list.get(i));
      if (i > 0 && next != type) {
        // The narrow and the wide form of a Long meet in one list.
        next = wider(key, type, next);
      }
      type = next;
    }
    int32(type).int64(list.size());
    for (var element : list) {
      content(key, type, element);
    }
    return this;
  }

  private static int wider(String key, int one, int other) {
    if (List.of(GgufValue.UINT32, GgufValue.INT64).containsAll(List.of(one, other))) {
      return GgufValue.INT64;
    }
    throw new GgufException(
        "metadata \"%s\" is a list of values of different types; give one type".formatted(key));
  }

  private static int type(String key, Object value) {
    return switch (value) {
      case Boolean _ -> GgufValue.BOOL;
      case String _ -> GgufValue.STRING;
      case Float _ -> GgufValue.FLOAT32;
      case Double _ -> GgufValue.FLOAT64;
      case Integer _ -> GgufValue.INT32;
      case Long number -> number >= 0 && number < 1L << 32 ? GgufValue.UINT32 : GgufValue.INT64;
      case BigInteger number when number.signum() >= 0 && number.compareTo(TWO_64) < 0 ->
          GgufValue.UINT64;
      case List<?> _ -> GgufValue.ARRAY;
      default -> throw wrong(key, value);
    };
  }

  private static GgufException wrong(String key, Object value) {
    return new GgufException(
        "metadata \"%s\" is of %s, which GGUF cannot hold".formatted(key, value.getClass()));
  }

  private GgufOutput raw(ByteBuffer buffer) {
    bytes.writeBytes(buffer.array());
    return this;
  }
}
