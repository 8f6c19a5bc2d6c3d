package inkstone.generate.constraint;

/** One node of an {@link Nfa}. Targets are numbers of nodes. */
sealed interface Node {

  /** The end of a rule. */
  record End() implements Node {}

  /**
   * Takes one byte.
   *
   * @param first of each edge, the lowest byte that it takes, in rising order
   * @param last of each edge, the highest
   * @param target of each edge, where it leads
   */
  @SuppressWarnings("ArrayRecordComponent")
  record Bytes(int[] first, int[] last, int[] target) implements Node {

    /** Where {@code value} leads, negative for nowhere. */
    int after(int value) {
      for (int i = 0; i < first.length && first[i] <= value; i++) {
        if (value <= last[i]) {
          return target[i];
        }
      }
      return -1;
    }
  }

  /** Goes on at each of several without taking a byte. */
  @SuppressWarnings("ArrayRecordComponent")
  record Split(int[] targets) implements Node {}

  /** Goes through a rule, then on at {@code next}. */
  record Call(int rule, int next) implements Node {}
}
