package inkstone.text;

import static inkstone.text.CharacterClass.SPACE;

/** {@link SplitPattern#GPT2} by hand: one pass, no backtracking. */
final class Gpt2Scanner implements Splitter {

  @Override
  public boolean cutsAtLines() {
    return true;
  }

  @Override
  public void split(char[] text, int from, int to, IntList ends) {
    int at = from;
    while (at < to) {
      at = next(text, at, to);
      ends.add(at);
    }
  }

  private static int next(char[] text, int from, int to) {
    char c = text[from];
    if (c == '\'') {
      int length = Scans.contraction(text, from, to, false);
      if (length > 0) {
        return from + length;
      }
    }
    int start = c == ' ' && from + 1 < to ? from + 1 : from;
    int kind = Scans.classAt(text, start, to);
    if (kind == SPACE) {
      // The last space of a run belongs to the word after it.
      int end = Scans.run(SPACE, text, from, to);
      return end < to && end - from > 1 ? end - 1 : end;
    }
    return Scans.run(kind, text, start, to);
  }
}
