package inkstone.words;

import java.util.ArrayList;
import java.util.List;

/**
 * A text as word numbers, four bytes a word; {@link #END} stands behind each sentence. It grows at
 * its end, and may be longer than an array.
 */
public final class Tokens {

  /** The mark behind a sentence. */
  public static final int END = -1;

  private static final int BLOCK_BITS = 20;
  private static final int BLOCK = 1 << BLOCK_BITS;

  private final List<int[]> blocks = new ArrayList<>();
  private long size;

  void add(int word) {
    int at = (int) (size & (BLOCK - 1));
    if (at == 0) {
      blocks.add(new int[BLOCK]);
    }
    blocks.getLast()[at] = word;
    size++;
  }

  /** Ends the sentence; one without words leaves no mark. */
  void end() {
    if (size > 0 && get(size - 1) != END) {
      add(END);
    }
  }

  /** A word's number, or {@link #END}. */
  public int get(long at) {
    return blocks.get((int) (at >> BLOCK_BITS))[(int) (at & (BLOCK - 1))];
  }

  /** Words and marks. */
  public long size() {
    return size;
  }
}
