package inkstone.text;

import java.util.HashMap;
import java.util.Map;

/**
 * The longest piece first, from left to right (Wu et al. 2016; BERT's {@code WordpieceTokenizer}):
 * a word of which any part fits no piece is unknown as a whole.
 */
final class WordPiece implements SubwordModel {

  private final Map<String, Integer> starting;
  private final Map<String, Integer> continuing = new HashMap<>();
  private final int unknown;
  private final int longestWord;
  private final int longestPiece;

  /**
   * @param ids the vocabulary
   * @param prefix what is written before a piece that does not begin a word, as {@code ##}
   * @param longestWord words of more characters are unknown
   */
  WordPiece(Map<String, Integer> ids, String prefix, int unknown, int longestWord) {
    starting = ids;
    this.unknown = unknown;
    this.longestWord = longestWord;
    int longest = 0;
    for (var entry : ids.entrySet()) {
      longest = Math.max(longest, entry.getKey().length());
      if (entry.getKey().startsWith(prefix)) {
        continuing.put(entry.getKey().substring(prefix.length()), entry.getValue());
      }
    }
    longestPiece = longest;
  }

  @Override
  public void encode(String piece, IntList out) {
    if (piece.codePointCount(0, piece.length()) > longestWord) {
      out.add(unknown);
      return;
    }
    var ids = new IntList(8);
    for (int start = 0; start < piece.length(); ) {
      var known = start == 0 ? starting : continuing;
      int end = Math.min(piece.length(), start + longestPiece);
      Integer id = null;
      while (end > start && (id = known.get(piece.substring(start, end))) == null) {
        end--;
      }
      if (id == null) {
        out.add(unknown);
        return;
      }
      ids.add(id);
      start = end;
    }
    out.addAll(ids.toArray());
  }
}
