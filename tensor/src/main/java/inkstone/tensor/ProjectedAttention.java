package inkstone.tensor;

import java.util.List;
import java.util.Optional;

/**
 * The ways of {@link Functions#attention(Tensor, Optional, List, int, AttentionMask, double)}.
 *
 * @param projected [tokens, (heads + 2 key heads) dim]
 */
record ProjectedAttention(
    Tensor projected,
    Optional<RotaryAngles> angles,
    List<PagedSpan> spans,
    int layer,
    AttentionMask mask,
    double cap) {

  Tensor forward() {
    check();
    boolean turnable = angles.map(a -> Kernels.take(projected, a.cos(), a.sin())).orElse(true);
    return Kernels.take(projected) && turnable && projected.alive().is_contiguous()
        ? kernel()
        : composed();
  }

  private KvPage.Shape shape() {
    return spans.getFirst().pages().getFirst().shape();
  }

  /** Heads of queries. */
  private int heads() {
    return Math.toIntExact(projected.size(1) / shape().dim()) - 2 * shape().heads();
  }

  /** The reference: each step for itself. */
  Tensor composed() {
    return Scope.of(
        () -> {
          int keys = shape().heads();
          int turnable = heads() + keys;
          var all = projected.reshape(projected.size(0), turnable + keys, shape().dim());
          var plain = all.narrow(1, 0, turnable);
          var turned = angles.map(a -> a.turn(plain)).orElse(plain);
          return PagedAttention.attention(
              turned.narrow(1, 0, heads()),
              turned.narrow(1, heads(), keys),
              all.narrow(1, turnable, keys),
              spans,
              layer,
              mask,
              cap);
        });
  }

  /** Queries and keys are turned as they are read. */
  Tensor kernel() {
    return Native.call(
        "attention over pages",
        () -> {
          var x = projected.alive();
          var numbers = Numbers.of(x);
          int heads = heads();
          int keys = shape().heads();
          int all = heads + 2 * keys;
          int dim = shape().dim();
          var cos = angles.map(a -> Turn.numbers(a.cos().alive()));
          var sin = angles.map(a -> Turn.numbers(a.sin().alive()));
          var queryRows = turned(TokenRows.of(numbers, 0, all, dim), cos, sin);
          PageWriter.write(
              turned(TokenRows.of(numbers, heads, all, dim), cos, sin),
              TokenRows.of(numbers, heads + keys, all, dim),
              spans,
              layer);
          var mixed = x.new_empty(x.size(0), (long) heads * dim);
          PagedKernel.attend(queryRows, heads, mixed, spans, layer, mask, (float) cap);
          return mixed;
        },
        projected);
  }

  private HeadRows turned(HeadRows rows, Optional<float[]> cos, Optional<float[]> sin) {
    return cos.<HeadRows>map(
            c ->
                new HeadRows.Turned(
                    rows, c, sin.orElseThrow(), c.length / Math.toIntExact(projected.size(0))))
        .orElse(rows);
  }

  private void check() {
    var shape = spans.isEmpty() ? null : shape();
    long tokens = spans.stream().mapToLong(PagedSpan::length).sum();
    if (shape == null
        || projected.rank() != 2
        || projected.size(0) != tokens
        || projected.size(1) % shape.dim() != 0
        || heads() < 1
        || heads() % shape.heads() != 0) {
      throw new TensorException(
          "attention of %s over pages of %s: needs [%d, (heads + 2 key heads) dim], heads a multiple of key heads"
              .formatted(projected, shape == null ? "nothing" : shape, tokens));
    }
    angles.ifPresent(
        a -> {
          long half = a.cos().size(-1);
          var wanted = new long[] {tokens, 1, half};
          if (half < 1
              || 2 * half > shape.dim()
              || !java.util.Arrays.equals(a.cos().shape(), wanted)
              || !java.util.Arrays.equals(a.sin().shape(), wanted)) {
            throw new TensorException(
                "attention over pages, turned by %s and %s: needs [%d, 1, %d or less]"
                    .formatted(a.cos(), a.sin(), tokens, shape.dim() / 2));
          }
        });
    PagedAttention.check(projected, shape.heads(), shape.dim(), spans, layer, mask);
  }
}
