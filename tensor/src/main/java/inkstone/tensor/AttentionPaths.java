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
    boolean learns = query.requiresGrad() || key.requiresGrad() || value.requiresGrad();
    boolean kernel = dropout == 0 && cap == 0 && Kernels.take(query, key, value);
    if (Kernels.widens(query)) {
      return learns && kernel
          ? kernel(query, key, value, mask)
          : widened(query, key, value, mask, dropout, cap);
    }
    if (kernel
        && learns
        && Bfloat16Attention.fits(query.size(3))
        && query.dtype() == DType.BFLOAT16) {
      return kernel(query, key, value, mask);
    }
    boolean square = query.size(2) == key.size(2);
    boolean cpu = query.device().equals(Device.CPU);
    // Also without gradients our kernel is faster; one query over many keys is not its work.
    if (kernel && query.dtype() == DType.FLOAT32 && query.size(2) > 1) {
      return kernel(query, key, value, mask);
    }
    // libtorch's causal mask counts from the first key where there are more keys than queries, and
    // its backward on a CPU is a naive loop in bfloat16.
    boolean fused = mask.isPlain() && (square || !mask.causal()) && dropout == 0 && cap == 0;
    if (fused && !(cpu && query.requiresGrad())) {
      return fused(query, key, value, mask.causal(), dropout);
    }
    if (kernel && query.dtype() == DType.FLOAT32) {
      return kernel(query, key, value, mask);
    }
    return cpu && dropout == 0
        ? blocked(query, key, value, mask, cap, BlockedAttention.BLOCK)
        : composed(query, key, value, mask, dropout, cap);
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
        () -> new KernelAttention(query.alive(), key.alive(), value.alive(), mask),
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
