package inkstone.generate;

import inkstone.model.KvCache;
import inkstone.tensor.Scope;
import inkstone.tensor.Tensor;
import java.util.HashMap;
import java.util.Map;

/**
 * Keeps the keys and values of each layer and sequence in one piece of memory, [1, heads, capacity,
 * dim], of the type and on the device of the keys that come. The capacity doubles when it is full,
 * up to the context. It owns two tensors for each layer and sequence, until {@link #close}.
 */
public final class ContiguousCache implements KvCache, AutoCloseable {

  private static final int FIRST_CAPACITY = 64;

  private final int context;
  private final Map<Place, Slot> slots = new HashMap<>();

  private record Place(int layer, int sequence) {}

  private record Slot(Tensor keys, Tensor values, int tokens) {
    long capacity() {
      return keys.size(2);
    }

    void close() {
      keys.close();
      values.close();
    }
  }

  private ContiguousCache(int context) {
    this.context = context;
  }

  /** An empty cache for sequences of at most {@code context} tokens. */
  public static ContiguousCache of(int context) {
    if (context < 1) {
      throw new GenerationException("a cache for " + context + " tokens; give 1 or more");
    }
    return new ContiguousCache(context);
  }

  /**
   * {@inheritDoc}
   *
   * <p>The result shares the cache's memory and belongs to the caller's scope.
   *
   * @throws GenerationException if the sequence would grow beyond the context
   */
  @Override
  public KeysValues extend(int layer, int sequence, Tensor keys, Tensor values) {
    var place = new Place(layer, sequence);
    int before = tokens(layer, sequence);
    int added = Math.toIntExact(keys.size(2));
    int tokens = before + added;
    if (tokens > context) {
      throw new GenerationException(
          "a sequence of %d tokens grows by %d, beyond the context of %d"
              .formatted(before, added, context));
    }
    try (var scope = Scope.open()) {
      var slot = room(place, tokens, keys, values);
      slot.keys.narrow(2, before, added).copyInPlace(keys.detach());
      slot.values.narrow(2, before, added).copyInPlace(values.detach());
      slots.put(place, new Slot(slot.keys, slot.values, tokens));
      return new KeysValues(
          scope.out(slot.keys.narrow(2, 0, tokens)), scope.out(slot.values.narrow(2, 0, tokens)));
    }
  }

  /** The slot of {@code place}, with room for {@code tokens}. */
  private Slot room(Place place, int tokens, Tensor keys, Tensor values) {
    var old = slots.get(place);
    if (old != null && tokens <= old.capacity()) {
      return old;
    }
    long wanted = old == null ? FIRST_CAPACITY : 2 * old.capacity();
    long capacity = Math.min(context, Math.max(wanted, tokens));
    var grown = new Slot(memory(keys, capacity), memory(values, capacity), 0);
    if (old != null) {
      grown.keys.narrow(2, 0, old.tokens).copyInPlace(old.keys.narrow(2, 0, old.tokens));
      grown.values.narrow(2, 0, old.tokens).copyInPlace(old.values.narrow(2, 0, old.tokens));
      old.close();
    }
    Scope.keep(grown.keys);
    Scope.keep(grown.values);
    slots.put(place, new Slot(grown.keys, grown.values, tokens(place.layer, place.sequence)));
    return grown;
  }

  private static Tensor memory(Tensor like, long capacity) {
    return Tensor.zeros(
        like.dtype(), like.device(), like.size(0), like.size(1), capacity, like.size(3));
  }

  /** How many tokens a layer keeps of a sequence; 0 where it has seen none. */
  public int tokens(int layer, int sequence) {
    var slot = slots.get(new Place(layer, sequence));
    return slot == null ? 0 : slot.tokens;
  }

  /** How many tokens fit the memory that a layer holds for a sequence. */
  public int capacity(int layer, int sequence) {
    var slot = slots.get(new Place(layer, sequence));
    return slot == null ? 0 : Math.toIntExact(slot.capacity());
  }

  /** Forgets everything and frees the memory; the cache is then as new. */
  @Override
  public void close() {
    slots.values().forEach(Slot::close);
    slots.clear();
  }
}
