package inkstone.model;

import inkstone.tensor.Scope;
import inkstone.tensor.Tensor;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** The simplest cache there is. */
final class GrowingCache implements KvCache, AutoCloseable {

  private record Place(int layer, int sequence) {}

  private final Map<Place, KeysValues> known = new HashMap<>();

  @Override
  public KeysValues extend(int layer, int sequence, Tensor keys, Tensor values) {
    var place = new Place(layer, sequence);
    var before = known.get(place);
    var now =
        before == null
            ? new KeysValues(keys.copy(), values.copy())
            : new KeysValues(
                Tensor.concat(2, List.of(before.keys(), keys)),
                Tensor.concat(2, List.of(before.values(), values)));
    Scope.keep(now.keys());
    Scope.keep(now.values());
    free(before);
    known.put(place, now);
    return now;
  }

  private static void free(@org.jspecify.annotations.Nullable KeysValues both) {
    if (both != null) {
      both.keys().close();
      both.values().close();
    }
  }

  @Override
  public void close() {
    known.values().forEach(GrowingCache::free);
  }
}
