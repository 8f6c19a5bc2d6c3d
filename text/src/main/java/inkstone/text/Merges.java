package inkstone.text;

import java.util.PriorityQueue;
import org.jspecify.annotations.Nullable;

/**
 * Ranked byte-pair merges and how they are applied: the pair of lowest rank first, the leftmost of
 * equals first (Sennrich et al. 2016, section 3.2).
 */
final class Merges {

  /** Above this many symbols a queue is faster than looking for the least rank again and again. */
  private static final int SHORT = 96;

  private static final int NONE = Integer.MAX_VALUE;

  private final PairTable ranks;
  private final int[] left;
  private final int[] right;
  private final int[] merged;
  private final int @Nullable [] priorities;

  /**
   * Merge number {@code i} joins {@code left[i]} and {@code right[i]} to {@code merged[i]}; a pair
   * given twice keeps the last rank, as Hugging Face's table does. A negative {@code merged} is a
   * merge that is never made.
   */
  Merges(int[] left, int[] right, int[] merged) {
    this(left, right, merged, null);
  }

  /**
   * Merges that do not come in the order of their numbers.
   *
   * @param priorities the rank of each, from 0; several may have the same, and of these the
   *     leftmost in the text is made first
   */
  Merges(int[] left, int[] right, int[] merged, int @Nullable [] priorities) {
    this.priorities = priorities;
    this.left = left;
    this.right = right;
    this.merged = merged;
    ranks = new PairTable(merged.length);
    for (int i = merged.length - 1; i >= 0; i--) {
      if (merged[i] >= 0) {
        ranks.putIfAbsent(left[i], right[i], i);
      }
    }
  }

  int count() {
    return merged.length;
  }

  int left(int rank) {
    return left[rank];
  }

  int right(int rank) {
    return right[rank];
  }

  /**
   * Merges {@code symbols[0, length)} in place.
   *
   * @return the number of symbols left
   */
  int apply(int[] symbols, int length) {
    return length <= SHORT ? applyByScan(symbols, length) : applyByQueue(symbols, length);
  }

  private int rank(int a, int b) {
    int merge = ranks.get(a, b);
    if (merge < 0) {
      return NONE;
    }
    return priorities == null ? merge : priorities[merge];
  }

  /** What a pair of this rank becomes. */
  private int merged(int rank, int a, int b) {
    return merged[priorities == null ? rank : ranks.get(a, b)];
  }

  private int applyByScan(int[] symbols, int length) {
    if (length < 2) {
      return length;
    }
    var pair = new int[length];
    for (int i = 0; i + 1 < length; i++) {
      pair[i] = rank(symbols[i], symbols[i + 1]);
    }
    pair[length - 1] = NONE;
    while (true) {
      int best = NONE;
      int at = 0;
      for (int i = 0; i < length; i++) {
        if (pair[i] < best) {
          best = pair[i];
          at = i;
        }
      }
      if (best == NONE) {
        return length;
      }
      symbols[at] = merged(best, symbols[at], symbols[at + 1]);
      int rest = length - at - 2;
      System.arraycopy(symbols, at + 2, symbols, at + 1, rest);
      System.arraycopy(pair, at + 2, pair, at + 1, rest);
      length--;
      pair[at] = at + 1 < length ? rank(symbols[at], symbols[at + 1]) : NONE;
      if (at > 0) {
        pair[at - 1] = rank(symbols[at - 1], symbols[at]);
      }
    }
  }

  private int applyByQueue(int[] symbols, int length) {
    var next = new int[length];
    var previous = new int[length];
    var queue = new PriorityQueue<Long>();
    for (int i = 0; i < length; i++) {
      next[i] = i + 1;
      previous[i] = i - 1;
    }
    for (int i = 0; i + 1 < length; i++) {
      offer(queue, symbols, i, i + 1);
    }
    while (!queue.isEmpty()) {
      long head = queue.poll();
      int rank = (int) (head >>> 32);
      int at = (int) head;
      int second = next[at];
      // An entry is stale once one of its two symbols has gone into another merge.
      if (symbols[at] < 0 || second == length || rank(symbols[at], symbols[second]) != rank) {
        continue;
      }
      symbols[at] = merged(rank, symbols[at], symbols[second]);
      symbols[second] = -1;
      next[at] = next[second];
      if (next[at] < length) {
        previous[next[at]] = at;
        offer(queue, symbols, at, next[at]);
      }
      if (previous[at] >= 0) {
        offer(queue, symbols, previous[at], at);
      }
    }
    int kept = 0;
    for (int i = 0; i < length; i = next[i]) {
      symbols[kept++] = symbols[i];
    }
    return kept;
  }

  private void offer(PriorityQueue<Long> queue, int[] symbols, int at, int second) {
    int rank = rank(symbols[at], symbols[second]);
    if (rank != NONE) {
      queue.add((long) rank << 32 | at);
    }
  }
}
