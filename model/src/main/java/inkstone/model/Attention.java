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
 * @param output [heads * dim] to [width]
 */
record Attention(
    int layer, int heads, int keyValueHeads, int headDim, Linear projection, Linear output) {

  /** x [tokens, width] to the same. */
  Tensor forward(Tensor x, Batch batch, Optional<Rotary> rotary) {
    int tokens = batch.tokens();
    var all = projection.forward(x).reshape(tokens, heads + 2L * keyValueHeads, headDim);
    var queriesKeys = all.narrow(1, 0, heads + keyValueHeads);
    var turned = rotary.map(r -> r.turn(queriesKeys)).orElse(queriesKeys);
    var queries = turned.narrow(1, 0, heads);
    var keys = turned.narrow(1, heads, keyValueHeads);
    var values = all.narrow(1, heads + keyValueHeads, keyValueHeads);
    boolean stacks = batch.cache().isEmpty() && batch.isRectangular();
    var mixed =
        stacks
            ? attend(stack(queries, batch), stack(keys, batch), stack(values, batch), batch)
            : eachSpan(queries, keys, values, batch);
    return Functions.dropout(output.forward(mixed), batch.dropout());
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
    boolean causal = batch.pattern() == AttentionPattern.CAUSAL && queries.size(2) > 1;
    var mask = causal ? AttentionMask.CAUSAL : AttentionMask.NONE;
    var mixed = Functions.attention(queries, keys, values, mask, batch.dropout());
    return mixed.transpose(1, 2).reshape(-1, (long) heads * headDim);
  }
}
