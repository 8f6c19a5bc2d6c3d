package inkstone.text;

import java.util.Arrays;

/**
 * The printable characters that stand for bytes in vocabulary files (GPT-2's {@code
 * bytes_to_unicode}): a printable Latin-1 byte is itself, the others follow from U+0100 on.
 */
final class ByteAlphabet {

  private static final char[] CHARACTERS = new char[256];
  private static final short[] BYTES = new short[512];

  static {
    Arrays.fill(BYTES, (short) -1);
    int next = 256;
    for (int b = 0; b < 256; b++) {
      boolean printable = b >= '!' && b <= '~' || b >= 0xA1 && b <= 0xAC || b >= 0xAE;
      CHARACTERS[b] = (char) (printable ? b : next++);
      BYTES[CHARACTERS[b]] = (short) b;
    }
  }

  private ByteAlphabet() {}

  /** The token's bytes as a vocabulary file writes them. */
  static String write(byte[] bytes) {
    var text = new char[bytes.length];
    for (int i = 0; i < bytes.length; i++) {
      text[i] = CHARACTERS[bytes[i] & 0xFF];
    }
    return new String(text);
  }

  /** The bytes of a written token, or an empty array where it has a character of no byte. */
  static byte[] read(String token) {
    var bytes = new byte[token.length()];
    for (int i = 0; i < bytes.length; i++) {
      char c = token.charAt(i);
      if (c >= BYTES.length || BYTES[c] < 0) {
        return new byte[0];
      }
      bytes[i] = (byte) BYTES[c];
    }
    return bytes;
  }
}
