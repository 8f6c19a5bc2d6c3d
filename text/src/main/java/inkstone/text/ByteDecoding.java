package inkstone.text;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Objects;

/**
 * Each id is some bytes, and a text is all of them in a row.
 *
 * @param tokens the bytes of each id, null for one that is not used
 */
@SuppressWarnings("ArrayRecordComponent")
record ByteDecoding(byte[][] tokens) implements Decoding {

  private static final byte[] NOTHING = {};

  private byte[] token(int id) {
    Decoding.check(id, tokens.length);
    return Objects.requireNonNullElse(tokens[id], NOTHING);
  }

  @Override
  public String decode(int[] ids) {
    var bytes = new ByteArrayOutputStream(ids.length * 4);
    for (int id : ids) {
      bytes.writeBytes(token(id));
    }
    return bytes.toString(StandardCharsets.UTF_8);
  }

  @Override
  public byte[] bytes(int id) {
    return token(id).clone();
  }

  @Override
  public TextStream stream(boolean continuing) {
    var characters = new Utf8Stream();
    return new TextStream() {
      @Override
      public String accept(int id) {
        return characters.accept(token(id));
      }

      @Override
      public String finish() {
        return characters.finish();
      }
    };
  }

  @Override
  public int size() {
    return tokens.length;
  }
}
