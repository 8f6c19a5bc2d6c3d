package inkstone.text;

import java.util.List;

/** Pre-tokenizers, then a model over characters, with the pieces met before kept. */
final class Pipeline implements TextModel {

  private static final int CACHE_SLOTS = 1 << 14;
  private static final int LONGEST_CACHED = 64;

  private final List<PreTokenizer> steps;
  private final SubwordModel model;

  /** As in {@link ByteLevelBpe}: read and written without a lock, a race forgets an entry. */
  private final Entry[] cache = new Entry[CACHE_SLOTS];

  private record Entry(String piece, int[] ids) {}

  Pipeline(List<PreTokenizer> steps, SubwordModel model) {
    this.steps = List.copyOf(steps);
    this.model = model;
  }

  @Override
  public boolean cutsAtLines() {
    return false;
  }

  @Override
  public void encode(char[] text, int from, int to, boolean first, IntList ids) {
    if (to > from) {
      run(0, new String(text, from, to - from), first, ids);
    }
  }

  private void run(int step, String text, boolean first, IntList ids) {
    if (step == steps.size()) {
      piece(text, ids);
      return;
    }
    steps.get(step).split(text, first, (piece, begins) -> run(step + 1, piece, begins, ids));
  }

  private void piece(String piece, IntList ids) {
    if (piece.length() > LONGEST_CACHED) {
      model.encode(piece, ids);
      return;
    }
    int slot = (piece.hashCode() * 0x9E3779B1) >>> 18;
    Entry entry = cache[slot];
    if (entry == null || !entry.piece.equals(piece)) {
      var found = new IntList(8);
      model.encode(piece, found);
      entry = new Entry(piece, found.toArray());
      cache[slot] = entry;
    }
    ids.addAll(entry.ids);
  }
}
