package inkstone.text;

/** UTF-16 to UTF-8 without a detour over a String. */
final class Utf8 {

  private Utf8() {}

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
