package inkstone.text;

import java.util.Arrays;
import java.util.Map;

/** Byte-pair encoding over the bytes of UTF-8 (GPT-2, Llama-3, Qwen). */
final class ByteLevelBpe implements TextModel {

  private static final int CACHE_SLOTS = 1 << 15;
  private static final int LONGEST_CACHED = 64;

  private final int[] byteIds;
  private final Merges merges;
  private final Splitter splitter;
  private final boolean prefixSpace;
  private final Map<String, Integer> whole;

  /**
   * Pieces met before. A slot is read and written without a lock: an entry is immutable, and the
   * worst that a race can do is to forget one.
   */
  private final Entry[] cache = new Entry[CACHE_SLOTS];

  private record Entry(int hash, char[] piece, int[] ids) {}

  /**
   * @param byteIds the id of each of the 256 bytes, -1 for one without a token, which is dropped
   * @param whole pieces, in the alphabet of {@link ByteAlphabet}, that are one token whatever the
   *     merges say ({@code ignore_merges}); empty where merges alone decide
   */
  ByteLevelBpe(
      int[] byteIds,
      Merges merges,
      Splitter splitter,
      boolean prefixSpace,
      Map<String, Integer> whole) {
    this.byteIds = byteIds;
    this.merges = merges;
    this.splitter = splitter;
    this.prefixSpace = prefixSpace;
    this.whole = whole;
  }

  @Override
  public boolean cutsAtLines() {
    return splitter.cutsAtLines() && !prefixSpace;
  }

  @Override
  public void encode(char[] text, int from, int to, boolean first, IntList ids) {
    if (prefixSpace && from < to && text[from] != ' ') {
      var spaced = new char[to - from + 1];
      spaced[0] = ' ';
      System.arraycopy(text, from, spaced, 1, to - from);
      encodePieces(spaced, 0, spaced.length, ids);
    } else {
      encodePieces(text, from, to, ids);
    }
  }

  private void encodePieces(char[] text, int from, int to, IntList ids) {
    var ends = new IntList((to - from) / 4);
    splitter.split(text, from, to, ends);
    int start = from;
    for (int i = 0; i < ends.size(); i++) {
      int end = ends.get(i);
      ids.addAll(piece(text, start, end));
      start = end;
    }
  }

  private int[] piece(char[] text, int from, int to) {
    if (to - from > LONGEST_CACHED) {
      return merge(text, from, to);
    }
    int hash = 0;
    for (int i = from; i < to; i++) {
      hash = hash * 31 + text[i];
    }
    int slot = (hash * 0x9E3779B1) >>> 17;
    Entry entry = cache[slot];
    if (entry != null
        && entry.hash == hash
        && Arrays.equals(entry.piece, 0, entry.piece.length, text, from, to)) {
      return entry.ids;
    }
    int[] ids = merge(text, from, to);
    cache[slot] = new Entry(hash, Arrays.copyOfRange(text, from, to), ids);
    return ids;
  }

  private int[] merge(char[] text, int from, int to) {
    var bytes = new byte[3 * (to - from)];
    int length = Utf8.encode(text, from, to, bytes);
    if (!whole.isEmpty()) {
      Integer id = whole.get(ByteAlphabet.write(Arrays.copyOf(bytes, length)));
      if (id != null) {
        return new int[] {id};
      }
    }
    var symbols = new int[length];
    int known = 0;
    for (int i = 0; i < length; i++) {
      int id = byteIds[bytes[i] & 0xFF];
      if (id >= 0) {
        symbols[known++] = id;
      }
    }
    return Arrays.copyOf(symbols, merges.apply(symbols, known));
  }
}
