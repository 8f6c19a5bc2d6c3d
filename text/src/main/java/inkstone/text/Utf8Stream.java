package inkstone.text;

import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CharsetDecoder;
import java.nio.charset.CodingErrorAction;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/** Turns bytes that come in parts into characters; an incomplete one waits for its next bytes. */
final class Utf8Stream {

  private final CharsetDecoder decoder =
      StandardCharsets.UTF_8
          .newDecoder()
          .onMalformedInput(CodingErrorAction.REPLACE)
          .onUnmappableCharacter(CodingErrorAction.REPLACE);
  private byte[] waiting = {};

  /** The characters that {@code bytes} complete; U+FFFD for what cannot become one. */
  String accept(byte[] bytes) {
    return decode(bytes, false);
  }

  /** U+FFFD for a character that was left incomplete; empty where none was. */
  String finish() {
    return decode(new byte[0], true);
  }

  private String decode(byte[] bytes, boolean end) {
    var all = Arrays.copyOf(waiting, waiting.length + bytes.length);
    System.arraycopy(bytes, 0, all, waiting.length, bytes.length);
    var in = ByteBuffer.wrap(all);
    // No byte gives more than one char.
    var out = CharBuffer.allocate(all.length);
    decoder.decode(in, out, end);
    waiting = Arrays.copyOfRange(all, in.position(), all.length);
    return out.flip().toString();
  }
}
