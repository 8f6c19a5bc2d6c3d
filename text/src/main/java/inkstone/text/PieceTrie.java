package inkstone.text;

import java.util.Arrays;
import java.util.Map;

/** Which pieces a text goes on with: a trie over UTF-16 units. */
final class PieceTrie {

  static final int ROOT = 0;

  private final PairTable children;
  private int[] ids = new int[1024];
  private int nodes = 1;

  PieceTrie(Map<String, Integer> pieces) {
    children = new PairTable(pieces.size() * 4);
    Arrays.fill(ids, -1);
    pieces.forEach(
        (piece, id) -> {
          int node = ROOT;
          for (int i = 0; i < piece.length(); i++) {
            node = child(node, piece.charAt(i));
          }
          ids[node] = node == ROOT ? -1 : id;
        });
  }

  private int child(int node, char unit) {
    int child = children.putIfAbsent(node, unit, nodes);
    if (child == nodes) {
      if (++nodes > ids.length) {
        int known = ids.length;
        ids = Arrays.copyOf(ids, known * 2);
        Arrays.fill(ids, known, ids.length, -1);
      }
    }
    return child;
  }

  /** The node that {@code unit} leads to from {@code node}, negative where no piece goes on so. */
  int next(int node, char unit) {
    return children.get(node, unit);
  }

  /** The piece that ends at {@code node}, negative where none does. */
  int id(int node) {
    return ids[node];
  }
}
