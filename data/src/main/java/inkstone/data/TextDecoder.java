package inkstone.data;

import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;

/** UTF-8 without mercy: what is no text gets a reason instead of replacement characters. */
final class TextDecoder {
  private TextDecoder() {}

  /** Bytes that are no text. */
  static final class NoText extends Exception {
    private static final long serialVersionUID = 1L;

    NoText(String reason) {
      super(reason);
    }

    String reason() {
      return String.valueOf(getMessage());
    }
  }

  /** The text of {@code bytes} from {@code from}. */
  static String decode(byte[] bytes, int from) throws NoText {
    for (int i = from; i < bytes.length; i++) {
      if (bytes[i] == 0) {
        throw new NoText("binary (it holds a zero byte)");
      }
    }
    try {
      return StandardCharsets.UTF_8
          .newDecoder()
          .decode(ByteBuffer.wrap(bytes, from, bytes.length - from))
          .toString();
    } catch (CharacterCodingException e) {
      throw new NoText("not valid UTF-8; convert it");
    }
  }

  /** Where the text starts: behind the byte order mark, if there is one. */
  static int start(byte[] bytes) {
    return bytes.length >= 3
            && bytes[0] == (byte) 0xEF
            && bytes[1] == (byte) 0xBB
            && bytes[2] == (byte) 0xBF
        ? 3
        : 0;
  }
}
