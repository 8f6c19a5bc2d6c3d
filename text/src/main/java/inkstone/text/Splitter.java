package inkstone.text;

import java.util.List;

/** Cuts text into the pieces that byte-pair merges never cross. */
interface Splitter {

  /** Adds the end of every piece of {@code text[from, to)} to {@code ends}, in order. */
  void split(char[] text, int from, int to, IntList ends);

  /**
   * Whether a cut after a lone line feed, with no other white space on either side of it, never
   * changes the pieces, so that a long text can be split by many threads.
   */
  default boolean cutsAtLines() {
    return false;
  }

  /** All of the text as one piece. */
  Splitter WHOLE =
      (text, from, to, ends) -> {
        if (to > from) {
          ends.add(to);
        }
      };

  /** Cuts before every {@code mark} that does not follow another. */
  static Splitter before(char mark) {
    return (text, from, to, ends) -> {
      for (int i = from + 1; i < to; i++) {
        if (text[i] == mark && text[i - 1] != mark) {
          ends.add(i);
        }
      }
      if (to > from) {
        ends.add(to);
      }
    };
  }

  /** Each splitter cuts the pieces of the one before it. */
  static Splitter chain(List<Splitter> splitters) {
    if (splitters.isEmpty()) {
      return WHOLE;
    }
    Splitter first = splitters.getFirst();
    if (splitters.size() == 1) {
      return first;
    }
    Splitter rest = chain(splitters.subList(1, splitters.size()));
    return (text, from, to, ends) -> {
      var outer = new IntList(16);
      first.split(text, from, to, outer);
      int start = from;
      for (int i = 0; i < outer.size(); i++) {
        rest.split(text, start, outer.get(i), ends);
        start = outer.get(i);
      }
    };
  }
}
