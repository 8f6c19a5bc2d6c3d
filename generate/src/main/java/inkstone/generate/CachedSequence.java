package inkstone.generate;

import inkstone.tensor.KvPage;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The tokens of one sequence whose keys and values are in the cache, and the pages that hold them,
 * which it may share with others: it changes only those that are its own, and copies others first.
 */
final class CachedSequence implements AutoCloseable {

  private static final int SIZE = KvPage.TOKENS;

  private final PagePool pool;
  private final List<Page> pages = new ArrayList<>();
  private int[] ids = new int[2 * SIZE];
  private int length;

  private CachedSequence(PagePool pool) {
    this.pool = pool;
  }

  /**
   * A sequence that begins with as much of {@code prompt} as the pool still knows, up to its first
   * {@code most} tokens.
   */
  static CachedSequence open(PagePool pool, int[] prompt, int most) {
    var sequence = new CachedSequence(pool);
    Page parent = null;
    while (sequence.length < most) {
      var found = pool.find(parent, prompt, sequence.length, most);
      if (found.isEmpty()) {
        break;
      }
      var page = found.get();
      int common = page.common(prompt, sequence.length, most);
      pool.hold(page);
      sequence.pages.add(page);
      sequence.append(Arrays.copyOfRange(prompt, sequence.length, sequence.length + common));
      if (common < SIZE) {
        break;
      }
      parent = page;
    }
    return sequence;
  }

  /** How many tokens are in the cache. */
  int length() {
    return length;
  }

  /** How many pages it holds. */
  int held() {
    return pages.size();
  }

  /**
   * Makes room for tokens up to {@code end}; false where the pool has not enough pages, what could
   * be had is kept then.
   */
  boolean reserve(int end) {
    int partial = length / SIZE;
    if (partial < pages.size() && end > length && !pages.get(partial).isOwn()) {
      var copy = pool.take();
      if (copy.isPresent()) {
        copy.get().memory.copyFrom(pages.get(partial).memory);
        pool.release(pages.set(partial, copy.get()));
      } else if (!pool.unlist(pages.get(partial))) {
        return false;
      }
    }
    while (pages.size() * SIZE < end) {
      var page = pool.take();
      if (page.isEmpty()) {
        return false;
      }
      pages.add(page.get());
    }
    return true;
  }

  /** The pages, with what was reserved. */
  List<KvPage> memory() {
    return pages.stream().map(page -> page.memory).toList();
  }

  /** Counts tokens as computed: their keys and values are in the pages now. */
  void add(int... more) {
    int full = length / SIZE;
    append(more);
    for (int i = full; i < length / SIZE; i++) {
      if (!pages.get(i).listed) {
        pages.set(i, pool.list(parent(i), pages.get(i), part(i)));
      }
    }
  }

  private void append(int... more) {
    if (length + more.length > ids.length) {
      ids = Arrays.copyOf(ids, Math.max(2 * ids.length, length + more.length));
    }
    System.arraycopy(more, 0, ids, length, more.length);
    length += more.length;
  }

  private @Nullable Page parent(int page) {
    return page == 0 ? null : pages.get(page - 1);
  }

  private int[] part(int page) {
    return Arrays.copyOfRange(ids, page * SIZE, Math.min(length, (page + 1) * SIZE));
  }

  /** How many of its first tokens are those of {@code others}. */
  int common(int[] others, int end) {
    int n = 0;
    while (n < length && n < end && ids[n] == others[n]) {
      n++;
    }
    return n;
  }

  /** Forgets all but the first tokens. */
  void cut(int tokens) {
    if (tokens < 0 || tokens > length) {
      throw new IllegalArgumentException(length + " tokens cannot be cut to " + tokens);
    }
    length = tokens;
    while (pages.size() > PagePool.pages(length)) {
      pool.release(pages.removeLast());
    }
  }

  /** Another sequence of the same tokens so far, on the same pages. */
  CachedSequence fork() {
    var other = new CachedSequence(pool);
    for (var page : pages.subList(0, PagePool.pages(length))) {
      pool.hold(page);
      other.pages.add(page);
    }
    other.append(Arrays.copyOf(ids, length));
    return other;
  }

  /** Gives the pages back; the pool keeps what they hold for others, as long as it has room. */
  @Override
  public void close() {
    cut(length);
    int last = length / SIZE;
    if (length % SIZE > 0 && pages.get(last).isOwn() && !isKnown(last)) {
      pages.set(last, pool.list(parent(last), pages.get(last), part(last)));
    }
    length = 0;
    // Those that follow others first: they are the first to go.
    while (!pages.isEmpty()) {
      pool.release(pages.removeLast());
    }
  }

  /** Whether the pool knows all that this last page holds from another one. */
  private boolean isKnown(int page) {
    var tokens = part(page);
    Optional<Page> found = pool.find(parent(page), tokens, 0, tokens.length);
    return found.isPresent() && found.get().common(tokens, 0, tokens.length) == tokens.length;
  }
}
