package inkstone.text;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/** UTF-16 to UTF-8 without a detour over a String. */
final class Utf8 {

  private Utf8() {}

  /** The bytes of a text; a lone surrogate becomes U+FFFD. */
  static byte[] encode(String text) {
    var bytes = new byte[3 * text.length()];
    int length = encode(text.toCharArray(), 0, text.length(), bytes);
    return Arrays.copyOf(bytes, length);
  }

  /** The same text with U+FFFD for lone surrogates. */
  static String wellFormed(String text) {
    for (int i = 0; i < text.length(); i++) {
      if (Character.isSurrogate(text.charAt(i))) {
        return new String(encode(text), StandardCharsets.UTF_8);
      }
    }
    return text;
  }

  /**
   * Writes {@code text[from, to)} to {@code bytes}, which holds at least three bytes a unit; a lone
   * surrogate becomes U+FFFD.
   *
   * @return the number of bytes written
   */
  static int encode(char[] text, int from, int to, byte[] bytes) {
    int at = 0;
    for (int i = from; i < to; i++) {
      int c = text[i];
      if (c < 0x80) {
        bytes[at++] = (byte) c;
        continue;
      }
      if (c < 0x800) {
        bytes[at++] = (byte) (0xC0 | c >> 6);
        bytes[at++] = (byte) (0x80 | c & 0x3F);
        continue;
      }
      if (Character.isSurrogate((char) c)) {
        c = Character.codePointAt(text, i, to);
        if (c >= 0x10000) {
          i++;
          bytes[at++] = (byte) (0xF0 | c >> 18);
          bytes[at++] = (byte) (0x80 | c >> 12 & 0x3F);
          bytes[at++] = (byte) (0x80 | c >> 6 & 0x3F);
          bytes[at++] = (byte) (0x80 | c & 0x3F);
          continue;
        }
        c = 0xFFFD;
      }
      bytes[at++] = (byte) (0xE0 | c >> 12);
      bytes[at++] = (byte) (0x80 | c >> 6 & 0x3F);
      bytes[at++] = (byte) (0x80 | c & 0x3F);
    }
    return at;
  }
}
