package inkstone.text;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Rewrites text as SentencePiece does before it cuts ({@code normalizer.cc}): the longest rule of
 * the charsmap at every place, user-defined pieces as they are, white space as the model says.
 */
final class SentencePieceNormalizer implements TextNormalizer {

  static final char MARK = '\u2581';

  private final SentencePieceModel model;
  private final @Nullable Charsmap charsmap;
  private final @Nullable PieceTrie kept;

  /**
   * @param userDefined pieces that no rule changes
   */
  SentencePieceNormalizer(SentencePieceModel model, List<String> userDefined, String where) {
    this.model = model;
    charsmap = model.charsmap().length == 0 ? null : Charsmap.parse(model.charsmap(), where);
    kept = userDefined.isEmpty() ? null : bytesTrie(userDefined);
  }

  /** A trie over bytes: each is a character of Latin-1. */
  private static PieceTrie bytesTrie(List<String> pieces) {
    Map<String, Integer> bytes = new HashMap<>();
    pieces.forEach(piece -> bytes.put(new String(piece.getBytes(UTF_8), ISO_8859_1), 0));
    return new PieceTrie(bytes);
  }

  /** What stands at a place of the text: so many of its bytes are {@code replacement}. */
  private record Unit(int bytes, String replacement) {}

  @Override
  public String normalize(String text) {
    byte[] bytes = Utf8.encode(text);
    boolean tidy = model.removeExtraWhitespaces();
    int at = 0;
    while (tidy && at < bytes.length && unit(bytes, at).replacement.equals(" ")) {
      at += unit(bytes, at).bytes;
    }
    if (at == bytes.length) {
      return "";
    }
    var out = new StringBuilder(text.length() + 8);
    boolean prefix = model.dummyPrefix() && !model.whitespaceAsSuffix();
    if (prefix) {
      out.append(' ');
    }
    boolean afterSpace = tidy;
    while (at < bytes.length) {
      Unit unit = unit(bytes, at);
      at += unit.bytes;
      int from = 0;
      while (afterSpace && unit.replacement.startsWith(" ", from)) {
        from++;
      }
      if (from < unit.replacement.length()) {
        out.append(unit.replacement, from, unit.replacement.length());
        afterSpace = tidy && unit.replacement.endsWith(" ");
      }
    }
    while (tidy && !out.isEmpty() && isSpace(out.charAt(out.length() - 1))) {
      out.setLength(out.length() - 1);
    }
    if (model.dummyPrefix() && model.whitespaceAsSuffix()) {
      out.append(' ');
    }
    String result = out.toString();
    return model.escapeWhitespaces() ? result.replace(' ', MARK) : result;
  }

  private boolean isSpace(char c) {
    return c == ' ' || c == MARK && model.escapeWhitespaces();
  }

  private Unit unit(byte[] bytes, int at) {
    int whole = kept == null ? 0 : kept(kept, bytes, at);
    if (whole > 0) {
      return new Unit(whole, new String(bytes, at, whole, UTF_8));
    }
    Charsmap.Match match = charsmap == null ? null : charsmap.longest(bytes, at, bytes.length);
    if (match != null) {
      return new Unit(match.bytes(), match.replacement());
    }
    int width = width(bytes[at]);
    return new Unit(width, new String(bytes, at, width, UTF_8));
  }

  private static int kept(PieceTrie trie, byte[] bytes, int at) {
    int longest = 0;
    int node = PieceTrie.ROOT;
    for (int i = at; i < bytes.length; i++) {
      node = trie.next(node, (char) (bytes[i] & 0xFF));
      if (node < 0) {
        break;
      }
      longest = trie.id(node) < 0 ? longest : i + 1 - at;
    }
    return longest;
  }

  /** The bytes of the character that {@code first} begins, in well-formed UTF-8. */
  private static int width(byte first) {
    return first >= 0 ? 1 : Integer.numberOfLeadingZeros(~(first << 24));
  }
}
