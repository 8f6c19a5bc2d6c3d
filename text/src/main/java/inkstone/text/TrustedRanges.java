package inkstone.text;

import java.util.Arrays;
import java.util.List;

/** Which parts of the joined spans may name special tokens. */
final class TrustedRanges implements AddedTokens.Trust {

  private final List<Span> spans;

  /** Where each span ends in the joined text. */
  private final int[] ends;

  TrustedRanges(List<Span> spans) {
    this.spans = spans;
    ends = spans.stream().mapToInt(span -> span.text().length()).toArray();
    Arrays.parallelPrefix(ends, Integer::sum);
  }

  /** Whether one trusted span holds all of {@code [start, end)}. */
  @Override
  public boolean covers(int start, int end) {
    // A search, since a long chat has thousands of spans and may hold as many names of tokens.
    int low = 0;
    int high = ends.length;
    while (low < high) {
      int middle = (low + high) >>> 1;
      if (ends[middle] <= start) {
        low = middle + 1;
      } else {
        high = middle;
      }
    }
    return low < ends.length && spans.get(low).trusted() && end <= ends[low];
  }
}
