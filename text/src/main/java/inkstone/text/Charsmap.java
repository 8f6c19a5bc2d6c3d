package inkstone.text;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * SentencePiece's compiled normalisation rules: a double-array trie (Darts-clone) from the bytes of
 * what is replaced to where its replacement stands in a list of NUL-terminated strings. The blob is
 * the trie's length in bytes, the trie, the strings; numbers are little-endian.
 */
final class Charsmap {

  private final int[] units;
  private final byte[] replacements;

  private Charsmap(int[] units, byte[] replacements) {
    this.units = units;
    this.replacements = replacements;
  }

  /** A rule that applies: so many bytes become {@code replacement}. */
  record Match(int bytes, String replacement) {}

  /**
   * Reads the blob; {@code where} names it in messages.
   *
   * @throws TokenizerException where it is cut
   */
  static Charsmap parse(byte[] blob, String where) {
    ByteBuffer in = ByteBuffer.wrap(blob).order(ByteOrder.LITTLE_ENDIAN);
    int length = blob.length < 4 ? -1 : in.getInt();
    if (length <= 0 || length % 4 != 0 || length > in.remaining()) {
      throw new TokenizerException(
          "%s: the charsmap of %d bytes is cut or damaged".formatted(where, blob.length));
    }
    var units = new int[length / 4];
    in.asIntBuffer().get(units);
    return new Charsmap(units, Arrays.copyOfRange(blob, 4 + length, blob.length));
  }

  /** The shortest rule that the bytes from {@code from} begin with; null where there is none. */
  @Nullable Match shortest(byte[] bytes, int from, int to) {
    return find(bytes, from, to, false);
  }

  /** The longest rule that the bytes from {@code from} begin with; null where there is none. */
  @Nullable Match longest(byte[] bytes, int from, int to) {
    return find(bytes, from, to, true);
  }

  private @Nullable Match find(byte[] bytes, int from, int to, boolean longest) {
    int at = offset(units[0]);
    int value = -1;
    int end = from;
    for (int i = from; i < to; i++) {
      at ^= bytes[i] & 0xFF;
      if (at < 0 || at >= units.length || (units[at] & 0x800000FF) != (bytes[i] & 0xFF)) {
        break;
      }
      int unit = units[at];
      at ^= offset(unit);
      if ((unit >>> 8 & 1) == 1 && at >= 0 && at < units.length) {
        value = units[at] & 0x7FFFFFFF;
        end = i + 1;
        if (!longest) {
          break;
        }
      }
    }
    return value < 0 || value > replacements.length ? null : new Match(end - from, string(value));
  }

  private static int offset(int unit) {
    return unit >>> 10 << ((unit & 1 << 9) >>> 6);
  }

  private String string(int start) {
    int end = start;
    while (end < replacements.length && replacements[end] != 0) {
      end++;
    }
    return new String(replacements, start, end - start, StandardCharsets.UTF_8);
  }
}
