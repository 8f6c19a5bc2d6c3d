package inkstone.generate;

import inkstone.generate.constraint.Constraint;
import inkstone.generate.constraint.Guide;
import inkstone.generate.constraint.TokenBytes;
import inkstone.text.Tokenizer;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The beginnings of constraints over one vocabulary. Those that were used last are kept with all
 * that they found out, so that a request in the words of an earlier one starts warm.
 */
final class Guides {

  private static final int MOST = 8;

  private record Key(Constraint constraint, boolean continuing) {}

  private final Tokenizer tokenizer;
  private final List<Integer> end;
  private final Map<Key, Guide> starts =
      new LinkedHashMap<>(16, 0.75f, true) {
        private static final long serialVersionUID = 1;

        @Override
        protected boolean removeEldestEntry(Map.Entry<Key, Guide> eldest) {
          return size() > MOST;
        }
      };
  private @Nullable TokenBytes tokens;

  Guides(Tokenizer tokenizer, List<Integer> end) {
    this.tokenizer = tokenizer;
    this.end = end;
  }

  /** Before the first token of a text. */
  synchronized Guide start(Constraint constraint, boolean continuing) {
    var key = new Key(constraint, continuing);
    var known = starts.get(key);
    if (known == null) {
      var bytes = tokens == null ? TokenBytes.of(tokenizer, end) : tokens;
      tokens = bytes;
      known = constraint.over(bytes, continuing);
      starts.put(key, known);
    }
    return known;
  }
}
