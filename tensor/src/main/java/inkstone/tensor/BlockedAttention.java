package inkstone.tensor;

import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;

/**
 * Attention as matrix products over blocks of queries, so that memory grows with the length and not
 * with its square, and keys that a block cannot see cost nothing. Backward works the probabilities
 * out again (Dao et al., 2022, algorithm 4, with blocks of rows only).
 *
 * <p>Shapes: N = batch x key heads, G = query heads to a key head, T queries, S keys, D = dim.
 */
final class BlockedAttention extends Operation {

  /** Few enough that a block's scores stay in the cache, enough to keep the products busy. */
  static final int BLOCK = 128;

  private final AttentionMask mask;
  private final double cap;
  private final Tensor query;
  private final Tensor key;
  private final Tensor value;
  private final Tensor q; // [N, G, T, D], times 1 / sqrt(D)
  private final Tensor k; // [N, S, D]
  private final Tensor v; // [N, S, D]
  private final int size;
  private final long batch;
  private final double scale;

  /** query [batch, heads, T, D], key and value [batch, key heads, S, D]. */
  BlockedAttention(
      Tensor query, Tensor key, Tensor value, AttentionMask mask, double cap, int size) {
    this.cap = cap;
    this.mask = mask.documents().map(numbers -> mask.documents(hold(numbers))).orElse(mask);
    this.size = size;
    this.query = hold(query);
    this.key = hold(key);
    this.value = hold(value);
    batch = query.size(0);
    long n = batch * key.size(1);
    long dim = query.size(3);
    scale = 1 / Math.sqrt(dim);
    q = hold(rows(query, scale, n, query.size(1) / key.size(1), query.size(2), dim));
    k = hold(rows(key, 1, n, key.size(2), dim));
    v = hold(rows(value, 1, n, value.size(2), dim));
  }

  private static Tensor rows(Tensor x, double factor, long... shape) {
    var plain = x.detach().reshape(shape);
    return factor == 1 ? plain.contiguous() : plain.mul(new Scalar(factor)).contiguous();
  }

  /** Queries {@code at} to {@code at + rows}, and the keys {@code low} to {@code high}. */
  private record Block(long at, long rows, long low, long high) {
    long keys() {
      return high - low;
    }
  }

  private Block block(long at) {
    long rows = Math.min(size, q.size(2) - at);
    long position = at + k.size(1) - q.size(2);
    long high = mask.causal() ? position + rows : k.size(1);
    return new Block(at, rows, mask.firstKey(position), high);
  }

  @Override
  Tensor forward() {
    var mixed = torch.empty_like(q);
    for (long at = 0; at < q.size(2); at += size) {
      try (var temporaries = new PointerScope()) {
        var block = block(at);
        var scores = scores(block);
        put(mixed, block, probabilities(scores, block).bmm(seen(v, block)));
      }
    }
    return mixed.reshape(query.size(0), query.size(1), query.size(2), query.size(3));
  }

  @Override
  void backward(Tensor gradient) {
    var mixed = gradient.reshape(q.size(0), q.size(1), q.size(2), q.size(3));
    var dq = torch.empty_like(q);
    var dk = torch.zeros_like(k);
    var dv = torch.zeros_like(v);
    for (long at = 0; at < q.size(2); at += size) {
      try (var temporaries = new PointerScope()) {
        var block = block(at);
        var scores = scores(block);
        var slope = cap == 0 ? scores : slope(scores);
        var p = probabilities(scores, block);
        var d = take(mixed, block);
        seen(dv, block).baddbmm_(p.transpose(1, 2), d);
        var ds = Operators.softmaxBackward(d.bmm(seen(v, block).transpose(1, 2)), p);
        if (cap > 0) {
          ds.mul_(slope);
        }
        put(dq, block, ds.bmm(seen(k, block)));
        seen(dk, block).baddbmm_(ds.transpose(1, 2), take(q, block));
      }
    }
    add(query, dq.mul_(new Scalar(scale)).reshape(query.sizes()));
    add(key, dk.reshape(key.sizes()));
    add(value, dv.reshape(value.sizes()));
  }

  /** [N, G rows, keys]: the products of the block's queries with the keys that it sees. */
  private Tensor scores(Block block) {
    var scores = take(q, block).bmm(seen(k, block).transpose(1, 2));
    return cap == 0 ? scores : scores.div_(new Scalar(cap)).tanh_().mul_(new Scalar(cap));
  }

  /** How fast capped scores follow what they cap: {@code 1 - tanh^2}. */
  private Tensor slope(Tensor capped) {
    return capped.div(new Scalar(cap)).square_().neg_().add_(new Scalar(1.0));
  }

  /** How much each query takes of each key; the scores are changed. */
  private Tensor probabilities(Tensor scores, Block block) {
    hide(scores, block);
    return scores.softmax(-1);
  }

  private void hide(Tensor scores, Block block) {
    long start = block.at + k.size(1) - q.size(2);
    // Where keys are hidden for coming later alone, there are none before the diagonal.
    long low = mask.isPlain() && mask.causal() ? start : block.low;
    try (var scope = Scope.open()) {
      mask.hidden(q.size(2), block.at, block.rows, low, block.high, k.size(1), Device.CPU)
          .ifPresent(
              hidden ->
                  scores
                      .view(batch, -1, block.rows, block.keys())
                      .narrow(3, low - block.low, block.high - low)
                      .masked_fill_(hidden.alive(), new Scalar(Double.NEGATIVE_INFINITY)));
    }
  }

  /** The block's rows of [N, G, T, D], as [N, G rows, D]. */
  private static Tensor take(Tensor x, Block block) {
    return x.narrow(2, block.at, block.rows).reshape(x.size(0), -1, x.size(3));
  }

  private static void put(Tensor x, Block block, Tensor rows) {
    x.narrow(2, block.at, block.rows).copy_(rows.view(x.size(0), x.size(1), block.rows, -1));
  }

  /** The keys of [N, S, D] that the block sees. */
  private static Tensor seen(Tensor x, Block block) {
    return x.narrow(1, block.low, block.keys());
  }
}
