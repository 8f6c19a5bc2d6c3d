package inkstone.tensor;

import java.util.Arrays;
import org.bytedeco.pytorch.DoubleOptional;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.TensorOptional;
import org.bytedeco.pytorch.global.torch;

/** The ways to compute attention, all with one result, and the choice between them. */
final class AttentionPaths {

  private AttentionPaths() {}

  static Tensor attention(
      Tensor query, Tensor key, Tensor value, AttentionMask mask, double dropout, double cap) {
    check(query, key, value, mask);
    boolean cpu = query.device().equals(Device.CPU);
    boolean learns = query.requiresGrad() || key.requiresGrad() || value.requiresGrad();
    if (dropout == 0
        && cap == 0
        && query.count() > 0
        && key.count() > 0
        && kernelTakes(query.size(3), query, key, value)) {
      // One query over many keys is not the work of a kernel for many.
      if (query.size(2) > 1 || !mask.isPlain() || learns) {
        return kernel(query, key, value, mask);
      }
    }
    if (Kernels.widens(query)) {
      return widened(query, key, value, mask, dropout, cap);
    }
    // libtorch's causal mask counts from the first key where there are more keys than queries, and
    // its backward on a CPU is a naive loop in bfloat16.
    boolean square = query.size(2) == key.size(2);
    boolean fused = mask.isPlain() && (square || !mask.causal()) && dropout == 0 && cap == 0;
    if (fused && !(cpu && learns)) {
      return fused(query, key, value, mask.causal(), dropout);
    }
    return cpu && dropout == 0
        ? blocked(query, key, value, mask, cap, BlockedAttention.BLOCK)
        : composed(query, key, value, mask, dropout, cap);
  }

  /** Whether there is a kernel for heads of that many numbers. */
  private static boolean kernelTakes(long dim, Tensor first, Tensor... others) {
    return Kernels.take(first, others)
        && (first.dtype() == DType.FLOAT32 || Kernels.widens(first) || Bfloat16Attention.fits(dim));
  }

  /** See {@link Functions#attention(Tensor, int, long, AttentionMask, double, double)}. */
  static Tensor attention(
      Tensor all, int heads, long sequences, AttentionMask mask, double dropout, double cap) {
    long keys = all.rank() == 3 ? all.size(1) - heads : 0;
    if (keys <= 0
        || keys % 2 != 0
        || heads <= 0
        || heads % (keys / 2) != 0
        || sequences <= 0
        || all.size(0) % sequences != 0) {
      throw new TensorException(
          "attention of %d heads of %s in %d sequences: needs [sequences * length, heads + 2 key heads, dim], heads a multiple of key heads"
              .formatted(heads, all, sequences));
    }
    return dropout == 0
            && cap == 0
            && mask.documents().isEmpty()
            && all.count() > 0
            && kernelTakes(all.size(2), all)
        ? Native.perform(
            "attention", () -> KernelAttention.of(all.alive(), heads, sequences, mask), all)
        : parted(all, heads, sequences, mask, dropout, cap);
  }

  /** Queries, keys and values each for themselves. */
  static Tensor parted(
      Tensor all, int heads, long sequences, AttentionMask mask, double dropout, double cap) {
    return Scope.of(
        () -> {
          long keys = (all.size(1) - heads) / 2;
          var mixed =
              attention(
                  stack(all.narrow(1, 0, heads), sequences),
                  stack(all.narrow(1, heads, keys), sequences),
                  stack(all.narrow(1, heads + keys, keys), sequences),
                  mask,
                  dropout,
                  cap);
          return mixed.transpose(1, 2).reshape(all.size(0), heads * all.size(2));
        });
  }

  /** [tokens, heads, dim] of equal sequences to [batch, heads, length, dim]. */
  private static Tensor stack(Tensor x, long sequences) {
    return x.reshape(sequences, -1, x.size(1), x.size(2)).transpose(1, 2);
  }

  /** In float32. */
  private static Tensor widened(
      Tensor query, Tensor key, Tensor value, AttentionMask mask, double dropout, double cap) {
    var type = DType.FLOAT32;
    return Scope.of(
        () ->
            attention(query.to(type), key.to(type), value.to(type), mask, dropout, cap)
                .to(query.dtype()));
  }

  private static Tensor fused(
      Tensor query, Tensor key, Tensor value, boolean causal, double dropout) {
    boolean grouped = query.size(1) != key.size(1);
    return Native.call(
        "attention",
        () ->
            torch.scaled_dot_product_attention(
                query.alive(),
                key.alive(),
                value.alive(),
                new TensorOptional(),
                dropout,
                causal,
                new DoubleOptional(),
                grouped),
        query,
        key,
        value);
  }

  static Tensor kernel(Tensor query, Tensor key, Tensor value, AttentionMask mask) {
    return Native.perform(
        "attention",
        () -> KernelAttention.of(query.alive(), key.alive(), value.alive(), mask),
        query,
        key,
        value);
  }

  static Tensor blocked(
      Tensor query, Tensor key, Tensor value, AttentionMask mask, double cap, int block) {
    return Native.perform(
        "attention",
        () -> new BlockedAttention(query.alive(), key.alive(), value.alive(), mask, cap, block),
        query,
        key,
        value);
  }

  /** As plain operations: the reference, in any type and on any device. */
  static Tensor composed(
      Tensor query, Tensor key, Tensor value, AttentionMask mask, double dropout, double cap) {
    return Scope.of(
        () -> {
          var k = repeat(key, query.size(1) / key.size(1));
          var v = repeat(value, query.size(1) / key.size(1));
          var products = query.mul(1 / Math.sqrt(query.size(3))).matmul(k.transpose(2, 3));
          var scores = Functions.softCap(products, cap);
          var hidden =
              mask.hidden(
                  query.size(2), 0, query.size(2), 0, key.size(2), key.size(2), query.device());
          if (hidden.isPresent()) {
            scores = hide(scores, hidden.get());
          }
          return Functions.dropout(Functions.softmax(scores), dropout).matmul(v);
        });
  }

  private static Tensor hide(Tensor scores, Tensor hidden) {
    return Native.call(
        "hide",
        () ->
            torch.masked_fill(scores.alive(), hidden.alive(), new Scalar(Double.NEGATIVE_INFINITY)),
        scores);
  }

  /** Gives each query head a key head: [batch, key heads, n, dim] to [batch, heads, n, dim]. */
  private static Tensor repeat(Tensor x, long copies) {
    return copies == 1
        ? x
        : x.unsqueeze(2)
            .expand(x.size(0), x.size(1), copies, x.size(2), x.size(3))
            .reshape(x.size(0), -1, x.size(2), x.size(3));
  }

  private static void check(Tensor query, Tensor key, Tensor value, AttentionMask mask) {
    if (query.rank() != 4
        || key.rank() != 4
        || query.size(0) != key.size(0)
        || key.size(1) == 0
        || query.size(1) % key.size(1) != 0
        || query.size(3) != key.size(3)
        || !Arrays.equals(key.shape(), value.shape())) {
      throw new TensorException(
          "attention of %s over %s and %s: needs [batch, heads, tokens, dim] each, equal in batch"
                  .formatted(query, key, value)
              + " and dim, query heads a multiple of key heads, and as many values as keys");
    }
    mask.check(query, key);
  }
}
