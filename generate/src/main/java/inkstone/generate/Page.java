package inkstone.generate;

import inkstone.tensor.KvPage;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A page of the cache with what is known about it. Once it is listed, what it holds of {@link
 * #tokens} stays as it is, for any sequence that begins with these tokens and those of its parents.
 */
final class Page {

  final KvPage memory;
  final List<Page> children = new ArrayList<>();

  /** The sequences that hold it. */
  int users = 1;

  boolean listed;
  int[] tokens = {};
  @Nullable Page parent;

  Page(KvPage memory) {
    this.memory = memory;
  }

  /** Whether the one sequence that holds it may change it. */
  boolean isOwn() {
    return !listed && users == 1;
  }

  /** How many of its tokens are those of {@code ids} from {@code at} on. */
  int common(int[] ids, int at, int end) {
    int n = 0;
    while (n < tokens.length && at + n < end && tokens[n] == ids[at + n]) {
      n++;
    }
    return n;
  }
}
