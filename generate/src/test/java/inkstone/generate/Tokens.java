package inkstone.generate;

import inkstone.text.Tokenizer;
import java.io.ByteArrayOutputStream;
import java.lang.reflect.InvocationHandler;
import java.lang.reflect.Proxy;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;

/**
 * Tokenizers for tests: given pieces of bytes, then special tokens. Text is encoded by the longest
 * piece that fits.
 */
final class Tokens {

  private Tokens() {}

  /** Ids 0 to 255 are the bytes, 256 is {@code <|endoftext|>}. */
  static Tokenizer bytes() {
    return of(
        IntStream.range(0, 256).mapToObj(i -> new byte[] {(byte) i}).toList(), "<|endoftext|>");
  }

  static Tokenizer of(List<byte[]> pieces, String... specials) {
    Map<String, Integer> special = new LinkedHashMap<>();
    for (var name : specials) {
      special.put(name, pieces.size() + special.size());
    }
    // A proxy, since only what a generator calls is needed.
    return (Tokenizer)
        Proxy.newProxyInstance(
            Tokens.class.getClassLoader(),
            new Class<?>[] {Tokenizer.class},
            (proxy, method, args) ->
                switch (method.getName()) {
                  case "encode" -> encode(pieces, (String) args[0]);
                  case "bytes" ->
                      (int) args[0] < pieces.size() ? pieces.get((int) args[0]) : new byte[0];
                  case "decode" -> decode(pieces, (int[]) args[0]);
                  case "vocabularySize" -> pieces.size() + special.size();
                  case "special" -> special;
                  default -> {
                    if (!method.isDefault()) {
                      throw new UnsupportedOperationException(method.getName());
                    }
                    yield InvocationHandler.invokeDefault(proxy, method, args);
                  }
                });
  }

  private static int[] encode(List<byte[]> pieces, String text) {
    var bytes = text.getBytes(StandardCharsets.UTF_8);
    var ids = IntStream.builder();
    for (int at = 0; at < bytes.length; ) {
      int best = -1;
      for (int id = 0; id < pieces.size(); id++) {
        var piece = pieces.get(id);
        if ((best < 0 || piece.length > pieces.get(best).length)
            && at + piece.length <= bytes.length
            && Arrays.equals(piece, Arrays.copyOfRange(bytes, at, at + piece.length))) {
          best = id;
        }
      }
      ids.add(best);
      at += pieces.get(best).length;
    }
    return ids.build().toArray();
  }

  private static String decode(List<byte[]> pieces, int[] ids) {
    var out = new ByteArrayOutputStream();
    Arrays.stream(ids)
        .filter(id -> id < pieces.size())
        .forEach(id -> out.writeBytes(pieces.get(id)));
    return out.toString(StandardCharsets.UTF_8);
  }
}
