package inkstone.text;

import java.util.BitSet;

/** A text cut into stretches without a gap, each of which is a delimiter or is not. */
final class Stretches {

  private final IntList ends = new IntList(16);
  private final BitSet delimiters = new BitSet();

  /** Adds the stretch from the end of the last to {@code end}; an empty one is left out. */
  void add(int end, boolean delimiter) {
    if (end > (ends.size() == 0 ? 0 : ends.get(ends.size() - 1))) {
      delimiters.set(ends.size(), delimiter);
      ends.add(end);
    }
  }

  int size() {
    return ends.size();
  }

  int start(int index) {
    return index == 0 ? 0 : ends.get(index - 1);
  }

  int end(int index) {
    return ends.get(index);
  }

  boolean isDelimiter(int index) {
    return delimiters.get(index);
  }
}
