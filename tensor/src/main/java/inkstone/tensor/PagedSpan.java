package inkstone.tensor;

import java.util.List;

/**
 * The newest tokens of a sequence, and the pages that hold it.
 *
 * @param pages of the whole sequence, in order, with room for the new tokens
 * @param start how many tokens are in the pages already
 * @param length the number of new ones
 */
public record PagedSpan(List<KvPage> pages, int start, int length) {

  /** Checks that there is room. */
  public PagedSpan {
    pages = List.copyOf(pages);
    if (start < 0 || length < 1 || (long) pages.size() * KvPage.TOKENS < (long) start + length) {
      throw new TensorException(
          "%d new tokens after %d do not fit %d pages of %d"
              .formatted(length, start, pages.size(), KvPage.TOKENS));
    }
  }

  /** The number of tokens, the new ones among them. */
  int end() {
    return start + length;
  }
}
