package inkstone.tensor;

import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** The ways to compute attention over pages, and the choice between them. */
final class PagedAttention {

  private PagedAttention() {}

  /** See {@link Functions#attention(Tensor, Tensor, Tensor, List, int, AttentionMask, double)}. */
  static Tensor attention(
      Tensor query,
      Tensor key,
      Tensor value,
      List<PagedSpan> spans,
      int layer,
      AttentionMask mask,
      double cap) {
    check(query, key, value, spans, layer, mask);
    return Kernels.take(query, key, value)
        ? kernel(query, key, value, spans, layer, mask, cap)
        : composed(query, key, value, spans, layer, mask, cap);
  }

  static Tensor kernel(
      Tensor query,
      Tensor key,
      Tensor value,
      List<PagedSpan> spans,
      int layer,
      AttentionMask mask,
      double cap) {
    return Native.call(
        "attention over pages",
        () -> {
          var x = query.alive();
          int heads = Math.toIntExact(x.size(1));
          var mixed = x.new_empty(x.size(0), heads * x.size(2));
          PageWriter.write(TokenRows.of(key.alive()), TokenRows.of(value.alive()), spans, layer);
          PagedKernel.attend(TokenRows.of(x), heads, mixed, spans, layer, mask, (float) cap);
          return mixed;
        },
        query,
        key,
        value);
  }

  /** As plain operations: the reference, in any type and on any device. */
  static Tensor composed(
      Tensor query,
      Tensor key,
      Tensor value,
      List<PagedSpan> spans,
      int layer,
      AttentionMask mask,
      double cap) {
    return Scope.of(
        () -> {
          var parts = new ArrayList<Tensor>();
          int at = 0;
          for (var span : spans) {
            put(key.narrow(0, at, span.length()), value.narrow(0, at, span.length()), span, layer);
            var mixed =
                Functions.attention(
                    heads(query.narrow(0, at, span.length())),
                    all(span, layer, true).to(query.dtype()),
                    all(span, layer, false).to(query.dtype()),
                    mask,
                    0,
                    cap);
            parts.add(mixed.transpose(1, 2).reshape(span.length(), -1));
            at += span.length();
          }
          return Tensor.concat(0, parts);
        });
  }

  /** [tokens, heads, dim] to [1, heads, tokens, dim]. */
  private static Tensor heads(Tensor x) {
    return x.unsqueeze(0).transpose(1, 2);
  }

  /** All keys, or else values, of a sequence in float32: [1, heads, tokens, dim]. */
  private static Tensor all(PagedSpan span, int layer, boolean keys) {
    int pages = (span.end() + KvPage.TOKENS - 1) / KvPage.TOKENS;
    var parts = span.pages().subList(0, pages).stream().map(p -> of(p, layer, keys)).toList();
    return Tensor.concat(1, parts).narrow(1, 0, span.end()).unsqueeze(0);
  }

  /** [heads, TOKENS, dim]. */
  private static Tensor of(KvPage page, int layer, boolean keys) {
    int heads = page.shape().heads();
    var strips = (keys ? page.keys() : page.values()).select(0, layer);
    var numbers =
        (keys ? strips.permute(0, 1, 3, 2) : strips.permute(0, 2, 1, 3))
            .reshape(heads, KvPage.TOKENS, -1)
            .narrow(2, 0, page.shape().dim())
            .to(DType.FLOAT32);
    return page.scales()
        .map(s -> numbers.add(-KvPage.OFFSET).mul(factors(s, layer, keys).unsqueeze(-1)))
        .orElse(numbers);
  }

  private static Tensor factors(Tensor scales, int layer, boolean keys) {
    return scales.select(0, keys ? 0 : 1).select(0, layer);
  }

  /** Puts the new tokens in their places, strip by strip. */
  private static void put(Tensor key, Tensor value, PagedSpan span, int layer) {
    for (int done = 0; done < span.length(); ) {
      int position = span.start() + done;
      var page = span.pages().get(position / KvPage.TOKENS);
      int slot = position % KvPage.TOKENS;
      int count = Math.min(span.length() - done, KvPage.STRIP - slot % KvPage.STRIP);
      put(key.narrow(0, done, count), page, layer, slot, true);
      put(value.narrow(0, done, count), page, layer, slot, false);
      done += count;
    }
  }

  /** x [count, heads, dim], all in one strip of keys. */
  private static void put(Tensor x, KvPage page, int layer, int slot, boolean keys) {
    long count = x.size(0);
    var plain = x.detach();
    if (page.scales().isPresent()) {
      var bytes = Int8Rows.of(plain);
      factors(page.scales().get(), layer, keys)
          .narrow(1, slot, count)
          .copyInPlace(bytes.scales().to(x.device()).transpose(0, 1));
      plain = bytes.numbers().to(x.device());
    }
    if (keys) {
      page.keys()
          .select(0, layer)
          .select(1, slot / KvPage.STRIP)
          .narrow(2, slot % KvPage.STRIP, count)
          .copyInPlace(plain.permute(1, 2, 0));
      return;
    }
    var values = page.values().select(0, layer).narrow(2, slot, count);
    int dim = page.shape().dim();
    for (int at = 0; at < dim; at += KvPage.STRIP) {
      int width = Math.min(KvPage.STRIP, dim - at);
      values
          .select(1, at / KvPage.STRIP)
          .narrow(2, 0, width)
          .copyInPlace(plain.narrow(2, at, width).transpose(0, 1));
    }
  }

  /** Rows as bytes, each with its factor: [count, heads, dim] and [count, heads]. */
  private record Int8Rows(Tensor numbers, Tensor scales) {
    static Int8Rows of(Tensor x) {
      int dim = Math.toIntExact(x.size(2));
      var from = x.toFloats();
      var bytes = new byte[from.length];
      var scales = new float[from.length / dim];
      for (int row = 0; row < scales.length; row++) {
        scales[row] = PageWriter.scale(from, row * dim, dim);
        for (int i = row * dim; i < (row + 1) * dim; i++) {
          bytes[i] = PageWriter.quantised(from[i], scales[row]);
        }
      }
      return new Int8Rows(
          Tensor.of(MemorySegment.ofArray(bytes), DType.UINT8, x.shape()),
          Tensor.of(scales, x.size(0), x.size(1)));
    }
  }

  private static void check(
      Tensor query,
      Tensor key,
      Tensor value,
      List<PagedSpan> spans,
      int layer,
      AttentionMask mask) {
    long tokens = spans.stream().mapToLong(PagedSpan::length).sum();
    if (query.rank() != 3
        || key.rank() != 3
        || query.size(0) != tokens
        || key.size(0) != tokens
        || key.size(1) == 0
        || query.size(1) % key.size(1) != 0
        || query.size(2) != key.size(2)
        || !Arrays.equals(key.shape(), value.shape())
        || tokens == 0) {
      throw new TensorException(
          "attention of %s over pages with %s and %s: needs [%d, heads, dim] each, equal in dim, query heads a multiple of key heads"
              .formatted(query, key, value, tokens));
    }
    if (Native.records(query, value)) {
      throw unrecorded();
    }
    check(key, key.size(1), key.size(2), spans, layer, mask);
  }

  private static TensorException unrecorded() {
    return new TensorException(
        "attention over pages is not recorded; switch gradients off, or leave out the cache");
  }

  /** Refuses pages that do not fit keys of this shape, which come with {@code key}. */
  static void check(
      Tensor key, long heads, long dim, List<PagedSpan> spans, int layer, AttentionMask mask) {
    if (mask.documents().isPresent()) {
      throw new TensorException("attention over pages: each sequence has pages of its own");
    }
    if (Native.records(key)) {
      throw unrecorded();
    }
    var device = key.device();
    for (var span : spans) {
      for (var page : span.pages()) {
        var shape = page.shape();
        if (shape.heads() != heads
            || shape.dim() != dim
            || layer < 0
            || layer >= shape.layers()
            || !page.device().equals(device)) {
          throw new TensorException(
              "layer %d of %s does not fit a page of %s on %s"
                  .formatted(layer, key, shape, page.device()));
        }
      }
    }
  }
}
