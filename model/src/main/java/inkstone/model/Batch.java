package inkstone.model;

import inkstone.tensor.Device;
import inkstone.tensor.PagedSpan;
import inkstone.tensor.Tensor;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;

/**
 * All that a network's forward is told. Sequences are packed one after the other; training, prefill
 * and decoding of many streams differ only in their batch.
 *
 * @param inputs the packed inputs
 * @param spans how the inputs divide into sequences, in order
 * @param pattern which positions see which
 * @param cache what was kept of earlier tokens of these sequences; empty where nothing is
 * @param rows the rows whose logits are wanted
 * @param dropout the probability of dropping an activation, 0 outside training
 * @param recompute whether backward is to compute each block again rather than keep what is inside
 */
public record Batch(
    Inputs inputs,
    List<Span> spans,
    AttentionPattern pattern,
    Optional<KvCache> cache,
    Rows rows,
    double dropout,
    boolean recompute) {

  /** What goes in at the bottom. */
  public sealed interface Inputs {}

  /** Token ids, int64 [tokens]. */
  public record Ids(Tensor ids) implements Inputs {}

  /** Ready embeddings, [tokens, width]. */
  public record Embeddings(Tensor embeddings) implements Inputs {}

  /**
   * A run of neighbouring tokens of one sequence.
   *
   * @param sequence the number that the cache knows the sequence by
   * @param start the position of the first token, counted from 0
   * @param length the number of tokens
   */
  public record Span(int sequence, int start, int length) {
    /** Refuses a run that holds nothing or lies before the start. */
    public Span {
      if (start < 0 || length < 1) {
        throw new ModelException(
            "span: %d tokens from position %d cannot be; give 1 or more, from 0"
                .formatted(length, start));
      }
    }
  }

  /** Which rows' logits are computed. */
  public sealed interface Rows {
    /** Those of every token. */
    Rows ALL = new All();

    /** That of the last token of each span. */
    Rows LAST = new Last();
  }

  /** See {@link Rows#ALL}. */
  public record All() implements Rows {}

  /** See {@link Rows#LAST}. */
  public record Last() implements Rows {}

  /** Those at these places of the packed inputs, counted from 0. */
  public record Chosen(List<Integer> places) implements Rows {
    /** Copies the list. */
    public Chosen {
      places = List.copyOf(places);
    }
  }

  /** Copies the list and checks that the spans cover the inputs. */
  public Batch {
    spans = List.copyOf(spans);
    long covered = spans.stream().mapToLong(Span::length).sum();
    long given =
        switch (inputs) {
          case Ids(var ids) -> ids.size(0);
          case Embeddings(var embeddings) -> embeddings.size(0);
        };
    if (covered != given || spans.isEmpty()) {
      throw new ModelException(
          "batch: the spans cover " + covered + " tokens of " + given + " given");
    }
    if (rows instanceof Chosen(var places)
        && (places.isEmpty() || places.stream().anyMatch(at -> at < 0 || at >= given))) {
      throw new ModelException(
          "batch: the logits of rows %s are wanted of %d; give one or more, counted from 0"
              .formatted(places, given));
    }
  }

  /**
   * A training batch: {@code ids} holds {@code sequences} causal sequences of equal length, row by
   * row, and the logits of every token are wanted.
   */
  public static Batch training(Tensor ids, int sequences, double dropout) {
    int length = Math.toIntExact(ids.count() / Math.max(1, sequences));
    var spans = IntStream.range(0, sequences).mapToObj(i -> new Span(i, 0, length)).toList();
    return new Batch(
        new Ids(ids), spans, AttentionPattern.CAUSAL, Optional.empty(), Rows.ALL, dropout, false);
  }

  /** The next tokens of one cached sequence, whose last token's logits are wanted. */
  public static Batch decoding(Tensor ids, int start, KvCache cache) {
    return new Batch(
        new Ids(ids),
        List.of(new Span(0, start, Math.toIntExact(ids.count()))),
        AttentionPattern.CAUSAL,
        Optional.of(cache),
        Rows.LAST,
        0,
        false);
  }

  /** The same, keeping or recomputing what is inside the blocks. */
  public Batch recompute(boolean wanted) {
    return new Batch(inputs, spans, pattern, cache, rows, dropout, wanted);
  }

  /** The spans with the pages that the cache has for them; none where there is no cache. */
  List<PagedSpan> paged() {
    return cache.map(this::paged).orElse(List.of());
  }

  private List<PagedSpan> paged(KvCache pages) {
    return spans.stream()
        .map(
            span -> {
              int end = Math.addExact(span.start(), span.length());
              return new PagedSpan(pages.pages(span.sequence(), end), span.start(), span.length());
            })
        .toList();
  }

  /** The number of packed tokens. */
  public int tokens() {
    return spans.stream().mapToInt(Span::length).sum();
  }

  /** Whether all spans have the length of the first, so that they stack as [batch, length]. */
  public boolean isRectangular() {
    return spans.stream().allMatch(span -> span.length() == spans.getFirst().length());
  }

  /** The position of each token, int64 [tokens]. */
  public Tensor positions(Device device) {
    var positions =
        spans.stream()
            .flatMapToInt(span -> IntStream.range(span.start(), span.start() + span.length()))
            .toArray();
    return Tensor.of(positions, positions.length).to(device);
  }
}
