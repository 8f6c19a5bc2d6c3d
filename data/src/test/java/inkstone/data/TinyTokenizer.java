package inkstone.data;

import inkstone.text.Tokenizer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Map;

/** Bytes as ids, and an end-of-text token behind them. */
record TinyTokenizer(int vocabularySize, String sha256) implements Tokenizer {
  static final int END = 256;

  static TinyTokenizer small() {
    return new TinyTokenizer(257, "abc");
  }

  @Override
  public int[] encode(String text) {
    var bytes = text.getBytes(StandardCharsets.UTF_8);
    var ids = new int[bytes.length];
    for (int i = 0; i < ids.length; i++) {
      ids[i] = bytes[i] & 0xFF;
    }
    return ids;
  }

  @Override
  public String decode(int... ids) {
    throw new UnsupportedOperationException();
  }

  @Override
  public byte[] bytes(int id) {
    throw new UnsupportedOperationException();
  }

  @Override
  public Map<String, Integer> special() {
    return Map.of("<|endoftext|>", END);
  }

  @Override
  public void save(Path directory) {
    throw new UnsupportedOperationException();
  }
}
