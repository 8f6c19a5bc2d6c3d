package inkstone.text;

import java.util.List;

/** Which parts of the joined spans may name special tokens. */
final class TrustedRanges implements AddedTokens.Trust {

  private final List<Span> spans;

  TrustedRanges(List<Span> spans) {
    this.spans = spans;
  }

  /** Whether one trusted span holds all of {@code [start, end)}. */
  @Override
  public boolean covers(int start, int end) {
    int from = 0;
    for (Span span : spans) {
      int to = from + span.text().length();
      if (start < to) {
        return span.trusted() && start >= from && end <= to;
      }
      from = to;
    }
    return false;
  }
}
