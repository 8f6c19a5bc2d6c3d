package inkstone.text;

/** One id a character; a character without one is its UTF-8 bytes. */
final class Characters implements TextModel {

  private final int[] byteIds;
  private final int[] ids;

  /**
   * @param byteIds the id of each of the 256 bytes
   * @param ids the id of each code point, -1 for one that has none
   */
  Characters(int[] byteIds, int[] ids) {
    this.byteIds = byteIds;
    this.ids = ids;
  }

  @Override
  public boolean cutsAtLines() {
    return true;
  }

  @Override
  public void encode(char[] text, int from, int to, IntList out) {
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
