package inkstone.tensor;

import java.math.BigInteger;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.AbstractList;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.RandomAccess;

/** The values of a GGUF file's metadata, by the number that stands for their type. */
final class GgufValue {

  static final int UINT8 = 0;
  static final int INT8 = 1;
  static final int UINT16 = 2;
  static final int INT16 = 3;
  static final int UINT32 = 4;
  static final int INT32 = 5;
  static final int FLOAT32 = 6;
  static final int BOOL = 7;
  static final int STRING = 8;
  static final int ARRAY = 9;
  static final int UINT64 = 10;
  static final int INT64 = 11;
  static final int FLOAT64 = 12;

  /** Deeper arrays mean nothing; without an end to it the stack would have one. */
  private static final int MAX_DEPTH = 4;

  /** Bytes of each type; 0 where that depends. */
  private static final int[] BYTES = {1, 1, 2, 2, 4, 4, 4, 1, 0, 0, 8, 8, 8};

  private GgufValue() {}

  static Object read(GgufCursor in, int type, String key) {
    return read(in, type, key, 0);
  }

  private static Object read(GgufCursor in, int type, String key, int depth) {
    return switch (check(in, type, key)) {
      case STRING -> in.string(Long.MAX_VALUE, key);
      case ARRAY -> array(in, key, depth);
      default -> number(type, ByteBuffer.wrap(in.bytes(BYTES[type], key)), 0);
    };
  }

  private static int check(GgufCursor in, int type, String key) {
    if (type < 0 || type >= BYTES.length) {
      throw in.broken("%s has the unknown type %d".formatted(key, type));
    }
    return type;
  }

  private static List<?> array(GgufCursor in, String key, int depth) {
    if (depth == MAX_DEPTH) {
      throw in.broken("%s has arrays in arrays, more than %d deep".formatted(key, MAX_DEPTH));
    }
    int type = check(in, in.int32(key), key);
    if (BYTES[type] > 0) {
      long count = in.count(BYTES[type], key);
      return new Numbers(type, in.bytes(count * BYTES[type], key));
    }
    long count = in.count(type == STRING ? 8 : 12, key);
    var list = new ArrayList<Object>();
    for (long i = 0; i < count; i++) {
      list.add(read(in, type, key, depth + 1));
    }
    return Collections.unmodifiableList(list);
  }

  private static Object number(int type, ByteBuffer buffer, int index) {
    buffer.order(ByteOrder.LITTLE_ENDIAN);
    int at = index * BYTES[type];
    return switch (type) {
      case UINT8 -> Byte.toUnsignedInt(buffer.get(at));
      case INT8 -> (int) buffer.get(at);
      case UINT16 -> Short.toUnsignedInt(buffer.getShort(at));
      case INT16 -> (int) buffer.getShort(at);
      case UINT32 -> Integer.toUnsignedLong(buffer.getInt(at));
      case INT32 -> buffer.getInt(at);
      case FLOAT32 -> buffer.getFloat(at);
      case BOOL -> buffer.get(at) != 0;
      case UINT64 -> unsigned(buffer.getLong(at));
      case INT64 -> buffer.getLong(at);
      case FLOAT64 -> buffer.getDouble(at);
      default -> throw new IllegalArgumentException("type " + type + " is no number");
    };
  }

  private static Number unsigned(long bits) {
    return bits >= 0 ? (Number) bits : new BigInteger(Long.toUnsignedString(bits));
  }

  /** Numbers as they lie in the file: a vocabulary's scores are a million bytes, not objects. */
  private static final class Numbers extends AbstractList<Object> implements RandomAccess {
    private final int type;
    private final ByteBuffer bytes;

    Numbers(int type, byte[] bytes) {
      this.type = type;
      this.bytes = ByteBuffer.wrap(bytes);
    }

    @Override
    public Object get(int index) {
      return number(type, bytes.duplicate(), index);
    }

    @Override
    public int size() {
      return bytes.capacity() / BYTES[type];
    }
  }
}
