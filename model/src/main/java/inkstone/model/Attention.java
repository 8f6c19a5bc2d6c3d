package inkstone.model;

import inkstone.tensor.AttentionMask;
import inkstone.tensor.Before;
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

  /** {@code x + forward(norm, x)} without dropout: [tokens, width] to the same. */
  Tensor residual(Norm norm, Tensor x, Pass pass, Optional<Rotary> rotary) {
    return output.forward(Before.NOTHING, mixed(norm, x, pass, rotary), Optional.of(x));
  }

  /** Of {@code norm(x)}: [tokens, width] to the same. */
  Tensor forward(Norm norm, Tensor x, Pass pass, Optional<Rotary> rotary) {
    return Functions.dropout(output.forward(mixed(norm, x, pass, rotary)), pass.batch().dropout());
  }

  /** What each head makes of the values that it looks at: [tokens, heads * dim]. */
  private Tensor mixed(Norm norm, Tensor x, Pass pass, Optional<Rotary> rotary) {
    var projected = projection.forward(norm, x);
    var batch = pass.batch();
    if (batch.cache().isPresent() && norms.isEmpty() && scores.scale == 1) {
      var angles = rotary.map(Rotary::angles);
      return Functions.attention(projected, angles, pass.pages(), layer, mask(batch), scores.cap);
    }
    int turnable = heads.queries + heads.keys;
    var all = projected.reshape(batch.tokens(), turnable + heads.keys, heads.dim);
    if (batch.cache().isEmpty() && norms.isEmpty() && scores.scale == 1 && batch.isRectangular()) {
      return together(rotary.map(r -> r.turn(all, turnable)).orElse(all), batch);
    }
    var plain = all.narrow(1, 0, turnable);
    var queriesKeys = norms.map(n -> n.forward(plain, heads.queries)).orElse(plain);
    var turned = rotary.map(r -> r.turn(queriesKeys)).orElse(queriesKeys);
    var queries = scaled(turned.narrow(1, 0, heads.queries));
    var keys = turned.narrow(1, heads.queries, heads.keys);
    var values = all.narrow(1, turnable, heads.keys);
    if (batch.cache().isPresent()) {
      return Functions.attention(
          queries, keys, values, pass.pages(), layer, mask(batch), scores.cap);
    }
    return batch.isRectangular()
        ? attend(stack(queries, batch), stack(keys, batch), stack(values, batch), batch)
        : eachSpan(queries, keys, values, batch);
  }

  /** Queries, keys and values of each token beside each other, as the projection made them. */
  private Tensor together(Tensor all, Batch batch) {
    int sequences = batch.spans().size();
    return Functions.attention(
        all,
        heads.queries,
        sequences,
        mask(batch, batch.tokens() / sequences),
        batch.dropout(),
        scores.cap);
  }

  private Tensor scaled(Tensor queries) {
    return scores.scale == 1 ? queries : queries.mul(scores.scale);
  }

  /** [tokens, heads, dim] of equal sequences to [batch, heads, length, dim]. */
  private static Tensor stack(Tensor x, Batch batch) {
    return x.reshape(batch.spans().size(), -1, x.size(1), x.size(2)).transpose(1, 2);
  }

  /** What new tokens see of those in pages. */
  private AttentionMask mask(Batch batch) {
    return batch.pattern() == AttentionPattern.CAUSAL
        ? AttentionMask.CAUSAL.window(scores.window)
        : AttentionMask.NONE;
  }

  private Tensor eachSpan(Tensor queries, Tensor keys, Tensor values, Batch batch) {
    var parts = new ArrayList<Tensor>();
    int start = 0;
    for (var span : batch.spans()) {
      var query = one(queries, start, span.length());
      var key = one(keys, start, span.length());
      var value = one(values, start, span.length());
      parts.add(attend(query, key, value, batch));
      start += span.length();
    }
    return parts.size() == 1 ? parts.getFirst() : Tensor.concat(0, parts);
  }

  private static Tensor one(Tensor x, int start, int length) {
    return x.narrow(0, start, length).unsqueeze(0).transpose(1, 2);
  }

  /** queries [batch, heads, length, dim] over keys [batch, keyValueHeads, length, dim]. */
  private Tensor attend(Tensor queries, Tensor keys, Tensor values, Batch batch) {
    var mask = mask(batch, keys.size(2));
    var mixed = Functions.attention(queries, keys, values, mask, batch.dropout(), scores.cap);
    return mixed.transpose(1, 2).reshape(-1, (long) heads.queries * heads.dim);
  }

  /** What tokens see of their own sequence. */
  private AttentionMask mask(Batch batch, long length) {
    if (batch.pattern() != AttentionPattern.CAUSAL || length == 1) {
      return AttentionMask.NONE;
    }
    return scores.window > 0 && scores.window < length
        ? AttentionMask.CAUSAL.window(scores.window)
        : AttentionMask.CAUSAL;
  }
}
