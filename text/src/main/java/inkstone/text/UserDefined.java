package inkstone.text;

import java.util.Map;

/**
 * Pieces that are one token wherever they stand, the longest at each place; the rest by a model.
 */
final class UserDefined implements SubwordModel {

  private final PieceTrie pieces;
  private final SubwordModel rest;

  UserDefined(Map<String, Integer> pieces, SubwordModel rest) {
    this.pieces = new PieceTrie(pieces);
    this.rest = rest;
  }

  @Override
  public void encode(String piece, IntList ids) {
    int done = 0;
    for (int at = 0; at < piece.length(); ) {
      int end = longest(piece, at);
      if (end < 0) {
        at += Character.charCount(piece.codePointAt(at));
        continue;
      }
      if (at > done) {
        rest.encode(piece.substring(done, at), ids);
      }
      ids.add(id(piece, at, end));
      at = end;
      done = end;
    }
    if (done < piece.length()) {
      rest.encode(piece.substring(done), ids);
    }
  }

  private int longest(String text, int from) {
    int longest = -1;
    int node = PieceTrie.ROOT;
    for (int i = from; i < text.length(); i++) {
      node = pieces.next(node, text.charAt(i));
      if (node < 0) {
        break;
      }
      longest = pieces.id(node) < 0 ? longest : i + 1;
    }
    return longest;
  }

  private int id(String text, int from, int to) {
    int node = PieceTrie.ROOT;
    for (int i = from; i < to; i++) {
      node = pieces.next(node, text.charAt(i));
    }
    return pieces.id(node);
  }
}
