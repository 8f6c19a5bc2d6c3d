package inkstone.text;

import java.util.Arrays;

/**
 * A heap of pairs, the most frequent first. Counts change while a pair waits: a pair whose count
 * has grown is added again, and one whose count has shrunk is put back when it comes out.
 */
final class PairQueue {

  private final MergeLearner learner;
  private int[] pairs = new int[1 << 14];
  private long[] counts = new long[1 << 14];
  private int size;

  PairQueue(MergeLearner learner) {
    this.learner = learner;
  }

  /** Adds a pair with the count that it has now, if any. */
  void add(int pair) {
    long count = learner.count(pair);
    if (count <= 0) {
      return;
    }
    if (size == pairs.length) {
      pairs = Arrays.copyOf(pairs, size * 2);
      counts = Arrays.copyOf(counts, size * 2);
    }
    int at = size++;
    while (at > 0) {
      int parent = at - 1 >>> 1;
      if (!before(count, pair, counts[parent], pairs[parent])) {
        break;
      }
      pairs[at] = pairs[parent];
      counts[at] = counts[parent];
      at = parent;
    }
    pairs[at] = pair;
    counts[at] = count;
  }

  /** Takes out the first pair by its count of now, or -1 where none is left. */
  int poll() {
    while (size > 0) {
      int pair = pairs[0];
      long count = counts[0];
      removeFirst();
      if (learner.count(pair) == count) {
        return pair;
      }
      add(pair);
    }
    return -1;
  }

  private void removeFirst() {
    int pair = pairs[--size];
    long count = counts[size];
    int at = 0;
    while (2 * at + 1 < size) {
      int child = 2 * at + 1;
      if (child + 1 < size
          && before(counts[child + 1], pairs[child + 1], counts[child], pairs[child])) {
        child++;
      }
      if (!before(counts[child], pairs[child], count, pair)) {
        break;
      }
      pairs[at] = pairs[child];
      counts[at] = counts[child];
      at = child;
    }
    pairs[at] = pair;
    counts[at] = count;
  }

  private boolean before(long countA, int a, long countB, int b) {
    return countA != countB ? countA > countB : learner.greater(a, b);
  }
}
