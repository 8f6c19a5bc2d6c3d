package inkstone.tensor;

import org.bytedeco.pytorch.Tensor;

/** Attention by {@link AttentionKernel}: on the CPU, in float32 whatever the type. */
final class KernelAttention extends Operation {

  private final Tensor query;
  private final Tensor key;
  private final Tensor value;
  private final Tensor q;
  private final Tensor k;
  private final Tensor v;
  private final AttentionMask mask;
  private final long[] documents;
  private final float[] normalisers;
  private final boolean half;
  private Tensor mixed = new Tensor();

  /** query [batch, heads, queries, dim], key and value [batch, key heads, keys, dim]. */
  KernelAttention(Tensor query, Tensor key, Tensor value, AttentionMask mask) {
    this.query = hold(query);
    this.key = hold(key);
    this.value = hold(value);
    q = hold(inRows(query));
    k = hold(inRows(key));
    v = hold(inRows(value));
    this.mask = mask;
    half = Numbers.isHalf(q) && Bfloat16Attention.fits(q.size(3));
    documents = mask.documents().map(inkstone.tensor.Tensor::toLongs).orElse(new long[0]);
    normalisers = new float[Math.toIntExact(query.size(0) * query.size(1) * query.size(2))];
  }

  private static Tensor inRows(Tensor x) {
    var plain = x.detach();
    return plain.stride(3) == 1 || plain.size(3) == 1 ? plain : plain.contiguous();
  }

  /** In memory as [batch, tokens, heads, dim], which is how a network goes on. */
  private static Tensor empty(Tensor like) {
    return like.new_empty(like.size(0), like.size(2), like.size(1), like.size(3)).transpose(1, 2);
  }

  private AttentionKernel.Task task() {
    return new AttentionKernel.Task(
        Strided.of(q),
        Strided.of(k),
        Strided.of(v),
        Strided.of(mixed),
        normalisers,
        Math.toIntExact(k.size(1)),
        Math.toIntExact(q.size(1) / k.size(1)),
        Math.toIntExact(q.size(2)),
        Math.toIntExact(k.size(2)),
        mask,
        documents);
  }

  private int units() {
    return Math.toIntExact(k.size(0) * k.size(1));
  }

  @Override
  Tensor forward() {
    mixed = hold(empty(q));
    var task = task();
    Workers.run(
        units(),
        () -> half ? new Bfloat16Attention(task)::forward : new AttentionKernel(task)::forward);
    return mixed.detach();
  }

  @Override
  void backward(Tensor gradient) {
    var given = inRows(gradient);
    var dq = empty(q);
    var dk = empty(k);
    var dv = empty(v);
    var task = task();
    var slopes =
        new AttentionKernel.Slopes(
            Strided.of(given), Strided.of(dq), Strided.of(dk), Strided.of(dv));
    Workers.run(
        units(),
        () ->
            half
                ? new Bfloat16Attention(task).new Backward(slopes)::run
                : new AttentionKernel(task).new Backward(slopes)::run);
    add(query, dq);
    add(key, dk);
    add(value, dv);
  }
}
