package inkstone.model;

import inkstone.tensor.AttentionMask;
import inkstone.tensor.Functions;
import inkstone.tensor.Tensor;
import java.util.ArrayList;
import java.util.Optional;

/**
 * Multi-head self-attention with grouped key and value heads (Ainslie et al., 2023).
 *
 * @param layer this block's number, for the cache
 * @param projection queries, keys and values at once: [width] to [(heads + 2 keyValueHeads) * dim]
 * @param norms of queries and keys
 * @param output [heads * dim] to [width]
 */
record Attention(
    int layer,
    Heads heads,
    Linear projection,
    Optional<QueryKeyNorms> norms,
    Scores scores,
    Linear output) {

  record Heads(int queries, int keys, int dim) {}

  /**
   * How queries look at keys.
   *
   * @param scale of the scores, beside that of 1 / sqrt(dim)
   * @param cap what no score reaches; 0 for none
   * @param window how many keys a query sees, its own among them; 0 for all
   */
  record Scores(double scale, double cap, int window) {}

  /** x [tokens, width] to the same. */
  Tensor forward(Tensor x, Batch batch, Optional<Rotary> rotary) {
    int turnable = heads.queries + heads.keys;
    var all = projection.forward(x).reshape(batch.tokens(), turnable + heads.keys, heads.dim);
    var plain = all.narrow(1, 0, turnable);
    var queriesKeys = norms.map(n -> n.forward(plain, heads.queries)).orElse(plain);
    var turned = rotary.map(r -> r.turn(queriesKeys)).orElse(queriesKeys);
    var queries = scaled(turned.narrow(1, 0, heads.queries));
    var keys = turned.narrow(1, heads.queries, heads.keys);
    var values = all.narrow(1, turnable, heads.keys);
    boolean stacks = batch.cache().isEmpty() && batch.isRectangular();
    var mixed =
        stacks
            ? attend(stack(queries, batch), stack(keys, batch), stack(values, batch), batch)
            : eachSpan(queries, keys, values, batch);
    return Functions.dropout(output.forward(mixed), batch.dropout());
  }

  private Tensor scaled(Tensor queries) {
    return scores.scale == 1 ? queries : queries.mul(scores.scale);
  }

  /** [tokens, heads, dim] of equal sequences to [batch, heads, length, dim]. */
  private static Tensor stack(Tensor x, Batch batch) {
    return x.reshape(batch.spans().size(), -1, x.size(1), x.size(2)).transpose(1, 2);
  }

  private Tensor eachSpan(Tensor queries, Tensor keys, Tensor values, Batch batch) {
    var parts = new ArrayList<Tensor>();
    int start = 0;
    for (var span : batch.spans()) {
      var query = one(queries, start, span.length());
      var key = one(keys, start, span.length());
      var value = one(values, start, span.length());
      if (batch.cache().isPresent()) {
        var known = batch.cache().get().extend(layer, span.sequence(), key, value);
        key = known.keys();
        value = known.values();
      }
      parts.add(attend(query, key, value, batch));
      start += span.length();
    }
    return parts.size() == 1 ? parts.getFirst() : Tensor.concat(0, parts);
  }

  private static Tensor one(Tensor x, int start, int length) {
    return x.narrow(0, start, length).unsqueeze(0).transpose(1, 2);
  }

  /** queries [batch, heads, new, dim] over keys [batch, keyValueHeads, all, dim]. */
  private Tensor attend(Tensor queries, Tensor keys, Tensor values, Batch batch) {
    boolean causal = batch.pattern() == AttentionPattern.CAUSAL;
    long from = causal && scores.window > 0 ? firstSeen(queries.size(2), keys.size(2)) : 0;
    long seen = keys.size(2) - from;
    var mixed =
        Functions.attention(
            queries,
            keys.narrow(2, from, seen),
            values.narrow(2, from, seen),
            mask(causal && queries.size(2) > 1, seen),
            batch.dropout(),
            scores.cap);
    return mixed.transpose(1, 2).reshape(-1, (long) heads.queries * heads.dim);
  }

  /** The first key that the window of the first of the queries, the last positions, reaches. */
  private long firstSeen(long queries, long keys) {
    return Math.max(0, keys - queries + 1 - scores.window);
  }

  private AttentionMask mask(boolean causal, long keys) {
    if (!causal) {
      return AttentionMask.NONE;
    }
    return scores.window > 0 && scores.window < keys
        ? AttentionMask.CAUSAL.window(scores.window)
        : AttentionMask.CAUSAL;
  }
}
