package inkstone.text;

import java.util.Arrays;
import java.util.Map;

/** One id a character; a character without one is its UTF-8 bytes. */
final class Characters implements TextModel {

  private final int[] byteIds;
  private final int[] ids;

  /**
   * @param byteIds the id of each of the 256 bytes
   * @param known the id of each code point that has one
   */
  Characters(int[] byteIds, Map<Integer, Integer> known) {
    this.byteIds = byteIds;
    int highest = known.keySet().stream().mapToInt(c -> c).max().orElse(-1);
    ids = new int[highest + 1];
    Arrays.fill(ids, -1);
    known.forEach((c, id) -> ids[c] = id);
  }

  @Override
  public boolean cutsAtLines() {
    return true;
  }

  @Override
  public void encode(char[] text, int from, int to, boolean first, IntList out) {
    var bytes = new byte[6];
    for (int i = from; i < to; ) {
      int c = Character.codePointAt(text, i, to);
      int width = Character.charCount(c);
      int id = c < ids.length ? ids[c] : -1;
      if (id >= 0) {
        out.add(id);
      } else {
        int length = Utf8.encode(text, i, i + width, bytes);
        for (int b = 0; b < length; b++) {
          out.add(byteIds[bytes[b] & 0xFF]);
        }
      }
      i += width;
    }
  }
}
