package inkstone.text;

import java.util.Map;

/**
 * One id for a whole piece.
 *
 * @param unknown the id of a piece that is not in the vocabulary; negative where there is none and
 *     such a piece is dropped
 */
record WordLevel(Map<String, Integer> ids, int unknown) implements SubwordModel {

  @Override
  public void encode(String piece, IntList out) {
    int id = ids.getOrDefault(piece, unknown);
    if (id >= 0) {
      out.add(id);
    }
  }
}
