package inkstone.generate;

import inkstone.model.DecoderConfig;
import inkstone.tensor.Device;
import inkstone.tensor.KvPage;
import inkstone.tensor.KvType;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The pages of a network's KV cache: how many there may be, which are in use, and what those that
 * nobody uses still hold, as a tree of tokens (a radix tree of pages; Zheng et al., 2024, section
 * 3). Of the unused ones, the longest unused goes first. For one thread at a time.
 */
final class PagePool implements AutoCloseable {

  private final KvPage.Shape shape;
  private final Device device;
  private final int most;
  private final int spare;
  private final List<Page> roots = new ArrayList<>();
  private final ArrayDeque<KvPage> blank = new ArrayDeque<>();

  /** Listed and unused, the longest unused first. */
  private final LinkedHashSet<Page> idle = new LinkedHashSet<>();

  private int made;
  private boolean closed;

  /**
   * A pool without pages yet.
   *
   * @param most how many pages there may be
   * @param spare how many of them are kept unused
   */
  PagePool(KvPage.Shape shape, Device device, int most, int spare) {
    this.shape = shape;
    this.device = device;
    this.most = most;
    this.spare = spare;
  }

  /** The shape of a network's pages. */
  static KvPage.Shape shape(DecoderConfig config, KvType type) {
    return new KvPage.Shape(type, config.layers(), config.keyValueHeads(), config.headDim());
  }

  /** How many pages hold this many tokens. */
  static int pages(int tokens) {
    return Math.ceilDiv(tokens, KvPage.TOKENS);
  }

  /** How many pages could be taken now. */
  int available() {
    return most - made + blank.size() + idle.size();
  }

  /** How many pages are held by sequences. */
  int used() {
    return made - blank.size() - idle.size();
  }

  /** The most pages there may be. */
  int most() {
    return most;
  }

  /** A page for one sequence; empty where all are in use. */
  Optional<Page> take() {
    if (closed) {
      throw new GenerationException("the model, or the engine, has been closed");
    }
    if (blank.isEmpty() && made == most && !evict()) {
      return Optional.empty();
    }
    if (blank.isEmpty()) {
      blank.add(KvPage.of(shape, device));
      made++;
    }
    return Optional.of(new Page(blank.remove()));
  }

  /** The page after {@code parent} that has most in common with these tokens; empty for none. */
  Optional<Page> find(@Nullable Page parent, int[] ids, int at, int end) {
    Page best = null;
    int most = 0;
    for (var page : after(parent)) {
      int common = page.common(ids, at, end);
      if (common > most) {
        best = page;
        most = common;
      }
    }
    return Optional.ofNullable(best);
  }

  /** Counts one more sequence that holds a page. */
  void hold(Page page) {
    page.users++;
    idle.remove(page);
  }

  /** Counts one less; what is left unused is kept for its tokens, or free again. */
  void release(Page page) {
    page.users--;
    if (page.users > 0) {
      return;
    }
    if (page.listed && !closed) {
      idle.add(page);
    } else {
      free(page.memory);
    }
    while (idle.size() > spare && evict()) {
      free(blank.remove());
    }
  }

  private void free(KvPage memory) {
    if (closed || blank.size() + idle.size() >= spare) {
      memory.close();
      made--;
    } else {
      blank.add(memory);
    }
  }

  /**
   * Makes known what a page holds, after {@code parent}; gives the page to use from now on: where
   * one of the same tokens is known, that one, which the caller holds in place of its own.
   */
  Page list(@Nullable Page parent, Page page, int[] tokens) {
    var siblings = after(parent);
    for (var other : List.copyOf(siblings)) {
      if (Arrays.equals(other.tokens, tokens)) {
        hold(other);
        release(page);
        return other;
      }
      boolean covered = other.common(tokens, 0, tokens.length) == other.tokens.length;
      if (covered && other.users == 0 && other.children.isEmpty()) {
        forget(other);
        free(other.memory);
      }
    }
    page.listed = true;
    page.tokens = tokens;
    page.parent = parent;
    siblings.add(page);
    return page;
  }

  private List<Page> after(@Nullable Page parent) {
    return parent == null ? roots : parent.children;
  }

  /** Makes the page that was unused longest blank; pages that others follow stay before these. */
  private boolean evict() {
    for (var page : idle) {
      if (page.children.isEmpty()) {
        forget(page);
        blank.add(page.memory);
        return true;
      }
    }
    return false;
  }

  /** Forgets what a page holds, so that its one user may change it; false where others need it. */
  boolean unlist(Page page) {
    if (!page.listed || page.users > 1 || !page.children.isEmpty()) {
      return false;
    }
    forget(page);
    return true;
  }

  private void forget(Page page) {
    idle.remove(page);
    after(page.parent).remove(page);
    page.listed = false;
  }

  /** Frees what nobody holds now, and the rest when it is released. */
  @Override
  public void close() {
    closed = true;
    for (var page : idle) {
      page.memory.close();
      made--;
    }
    idle.clear();
    blank.forEach(KvPage::close);
    made -= blank.size();
    blank.clear();
    roots.clear();
  }
}
