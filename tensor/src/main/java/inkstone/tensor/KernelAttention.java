package inkstone.tensor;

import java.util.List;
import org.bytedeco.pytorch.Tensor;

/**
 * Attention by {@link Bfloat16Attention} where that can be, else by {@link AttentionKernel} in
 * float32 whatever the type; on the CPU.
 */
final class KernelAttention extends Operation {

  private final List<Tensor> inputs; // queries, keys and values, or what holds all of them
  private final Parts x;
  private final AttentionMask mask;
  private final long[] documents;
  private final float[] normalisers;
  private final boolean half;
  private Tensor mixed = new Tensor();

  /** Queries [batch, heads, queries, dim], keys and values [batch, key heads, keys, dim]. */
  private record Parts(Tensor query, Tensor key, Tensor value) {

    /** Those of [sequences * length, heads + 2 key heads, dim]. */
    static Parts of(Tensor whole, long heads, long sequences) {
      long keys = (whole.size(1) - heads) / 2;
      var all =
          whole
              .view(sequences, whole.size(0) / sequences, whole.size(1), whole.size(2))
              .transpose(1, 2);
      return new Parts(
          all.narrow(1, 0, heads), all.narrow(1, heads, keys), all.narrow(1, heads + keys, keys));
    }
  }

  private KernelAttention(List<Tensor> inputs, Parts x, AttentionMask mask) {
    this.inputs = inputs.stream().map(this::hold).toList();
    this.x = new Parts(hold(x.query), hold(x.key), hold(x.value));
    this.mask = mask;
    documents = mask.documents().map(inkstone.tensor.Tensor::toLongs).orElse(new long[0]);
    normalisers = new float[Math.toIntExact(x.query.numel() / x.query.size(3))];
    half = Numbers.isHalf(x.query) && Bfloat16Attention.fits(x.query.size(3));
  }

  /** Of queries [batch, heads, queries, dim], keys and values [batch, key heads, keys, dim]. */
  static KernelAttention of(Tensor query, Tensor key, Tensor value, AttentionMask mask) {
    return new KernelAttention(
        List.of(query, key, value), new Parts(inRows(query), inRows(key), inRows(value)), mask);
  }

  /**
   * Of all that lies together, [sequences * length, heads + 2 key heads, dim]; gives [sequences *
   * length, heads * dim].
   */
  static KernelAttention of(Tensor whole, int heads, long sequences, AttentionMask mask) {
    return new KernelAttention(
        List.of(whole), Parts.of(whole.detach().contiguous(), heads, sequences), mask);
  }

  private boolean isWhole() {
    return inputs.size() == 1;
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
        Strided.of(x.query),
        Strided.of(x.key),
        Strided.of(x.value),
        Strided.of(mixed),
        normalisers,
        Math.toIntExact(x.key.size(1)),
        Math.toIntExact(x.query.size(1) / x.key.size(1)),
        Math.toIntExact(x.query.size(2)),
        Math.toIntExact(x.key.size(2)),
        mask,
        documents);
  }

  private int units() {
    return Math.toIntExact(x.key.size(0) * x.key.size(1));
  }

  @Override
  Tensor forward() {
    mixed = hold(empty(x.query));
    var task = task();
    Workers.run(
        units(),
        () -> half ? new Bfloat16Attention(task)::forward : new AttentionKernel(task)::forward);
    return isWhole() ? together(mixed) : mixed.detach();
  }

  /** [batch, heads, length, dim] as it lies in memory: [batch * length, heads * dim]. */
  private static Tensor together(Tensor mixed) {
    return mixed.transpose(1, 2).view(-1, mixed.size(1) * mixed.size(3));
  }

  @Override
  void backward(Tensor gradient) {
    if (isWhole()) {
      var slope = inputs.getFirst().new_empty(inputs.getFirst().sizes());
      var given =
          gradient
              .to(mixed.scalar_type())
              .contiguous()
              .view(mixed.size(0), mixed.size(2), mixed.size(1), mixed.size(3))
              .transpose(1, 2);
      backward(given, Parts.of(slope, mixed.size(1), mixed.size(0)));
      add(inputs.getFirst(), slope);
      return;
    }
    var slopes = new Parts(empty(x.query), empty(x.key), empty(x.value));
    backward(inRows(gradient.to(mixed.scalar_type())), slopes);
    add(inputs.get(0), slopes.query);
    add(inputs.get(1), slopes.key);
    add(inputs.get(2), slopes.value);
  }

  private void backward(Tensor given, Parts to) {
    var task = task();
    var slopes =
        new AttentionKernel.Slopes(
            Strided.of(given), Strided.of(to.query), Strided.of(to.key), Strided.of(to.value));
    Workers.run(
        units(),
        () ->
            half
                ? new Bfloat16Attention(task).new Backward(slopes)::run
                : new AttentionKernel(task).new Backward(slopes)::run);
  }
}
