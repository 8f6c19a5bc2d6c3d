package inkstone.data;

import java.io.IOException;
import java.io.InputStream;
import java.util.Arrays;
import java.util.function.LongPredicate;
import org.jspecify.annotations.Nullable;

/**
 * Cuts a stream of bytes into parts of about equal length at line breaks.
 *
 * <p>Part {@code i} starts behind the first line break at or after byte {@code i * size}, found by
 * looking at bytes near there alone. So a part is the same whether or not those before it are read,
 * and parts that nobody wants are jumped over. Where no line break comes soon, the cut falls
 * between two characters.
 */
final class Blocks {
  private final InputStream in;
  private final int size;
  private final LongPredicate wanted;
  private final byte[] window;
  private int length;
  private long index;

  /**
   * A part.
   *
   * @param index its number, from 0
   * @param offset where it starts in the stream, in bytes
   * @param whole whether it is the whole stream
   */
  record Block(long index, long offset, byte[] bytes, boolean whole) {}

  /**
   * Starts at the first byte.
   *
   * @param expected the length of the stream, so that a short one takes little memory
   */
  Blocks(InputStream in, long expected, int size, LongPredicate wanted) {
    this.in = in;
    this.size = size;
    this.wanted = wanted;
    this.window = new byte[(int) Math.clamp(expected, 1, size + size / 4)];
  }

  /** The next wanted part, or null at the end; a part is never empty. */
  @Nullable Block next() throws IOException {
    while (true) {
      if (!wanted.test(index)) {
        if (!skip()) {
          return null;
        }
        continue;
      }
      length += in.readNBytes(window, length, window.length - length);
      if (length == 0) {
        return null;
      }
      var start = index == 0 ? 0 : cut(0);
      var end = length <= size ? length : cut(size);
      var block =
          new Block(
              index,
              index * size + start,
              Arrays.copyOfRange(window, start, Math.max(start, end)),
              index == 0 && end == length);
      drop(size);
      index++;
      if (block.bytes().length > 0) {
        return block;
      }
    }
  }

  /** Where the part that is due at {@code at} begins. */
  private int cut(int at) {
    var stop = Math.min(at + size / 4, length);
    for (int i = at; i < stop; i++) {
      if (window[i] == '\n') {
        return i + 1;
      }
    }
    var i = at;
    while (i < stop && (window[i] & 0xC0) == 0x80) {
      i++;
    }
    return i;
  }

  private boolean skip() throws IOException {
    long left = size - Math.min(length, size);
    drop(size);
    index++;
    while (left > 0) {
      var skipped = in.skip(left);
      if (skipped == 0) {
        if (in.read() < 0) {
          return false;
        }
        skipped = 1;
      }
      left -= skipped;
    }
    return true;
  }

  private void drop(int count) {
    var dropped = Math.min(count, length);
    System.arraycopy(window, dropped, window, 0, length - dropped);
    length -= dropped;
  }
}
