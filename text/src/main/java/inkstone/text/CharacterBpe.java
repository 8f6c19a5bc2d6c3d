package inkstone.text;

import java.util.Arrays;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Byte-pair encoding over characters (Sennrich et al. 2016), with all that files may ask for. */
final class CharacterBpe implements SubwordModel {

  /**
   * What a vocabulary adds to the plain algorithm.
   *
   * @param unknown the id of a character without one; negative where it is dropped
   * @param fuseUnknown neighbouring unknown characters are one
   * @param bytes the ids of the 256 bytes, which an unknown character becomes; null without them
   * @param wholePieces a piece that is a token is that token, whatever the merges say
   * @param prefix written before every character but the first of a piece
   * @param suffix written behind the last character of a piece
   */
  record Options(
      int unknown,
      boolean fuseUnknown,
      int @Nullable [] bytes,
      boolean wholePieces,
      String prefix,
      String suffix) {}

  private final Map<String, Integer> ids;
  private final Merges merges;
  private final Options options;
  private final int[] characters;

  /**
   * @param ids what text may become: the vocabulary without special tokens
   */
  CharacterBpe(Map<String, Integer> ids, Merges merges, Options options) {
    this.ids = ids;
    this.merges = merges;
    this.options = options;
    characters = characters(ids);
  }

  private static int[] characters(Map<String, Integer> ids) {
    int highest = -1;
    for (String token : ids.keySet()) {
      if (isCharacter(token)) {
        highest = Math.max(highest, token.codePointAt(0));
      }
    }
    var table = new int[highest + 1];
    Arrays.fill(table, -1);
    ids.forEach(
        (token, id) -> {
          if (isCharacter(token)) {
            table[token.codePointAt(0)] = id;
          }
        });
    return table;
  }

  private static boolean isCharacter(String token) {
    return !token.isEmpty() && token.length() == Character.charCount(token.codePointAt(0));
  }

  @Override
  public void encode(String piece, IntList out) {
    Integer whole = options.wholePieces ? ids.get(piece) : null;
    if (whole != null) {
      out.add(whole);
      return;
    }
    int[] symbols = symbols(piece);
    int count = merges.apply(symbols, symbols.length);
    for (int i = 0; i < count; i++) {
      out.add(symbols[i]);
    }
  }

  private int[] symbols(String piece) {
    var symbols = new IntList(piece.length());
    boolean unknown = false;
    int end;
    for (int i = 0; i < piece.length(); i = end) {
      int c = piece.codePointAt(i);
      end = i + Character.charCount(c);
      boolean first = i == 0;
      boolean last = end == piece.length();
      int id = id(c, first, last);
      if (id >= 0) {
        symbols.add(id);
        unknown = false;
      } else if (!addBytes(c, first, last, symbols)) {
        if (options.unknown >= 0 && !(unknown && options.fuseUnknown)) {
          symbols.add(options.unknown);
        }
        unknown = true;
      }
    }
    return symbols.toArray();
  }

  private int id(int c, boolean first, boolean last) {
    if (options.prefix.isEmpty() && options.suffix.isEmpty()) {
      return c < characters.length ? characters[c] : -1;
    }
    return ids.getOrDefault(written(c, first, last), -1);
  }

  private String written(int c, boolean first, boolean last) {
    return (first ? "" : options.prefix) + Character.toString(c) + (last ? options.suffix : "");
  }

  private boolean addBytes(int c, boolean first, boolean last, IntList symbols) {
    int[] known = options.bytes;
    if (known == null) {
      return false;
    }
    byte[] bytes = Utf8.encode(written(c, first, last));
    for (byte b : bytes) {
      if (known[b & 0xFF] < 0) {
        return false;
      }
    }
    for (byte b : bytes) {
      symbols.add(known[b & 0xFF]);
    }
    return true;
  }
}
