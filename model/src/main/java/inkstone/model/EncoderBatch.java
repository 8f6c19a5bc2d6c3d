package inkstone.model;

import inkstone.tensor.Device;
import inkstone.tensor.Tensor;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;

/**
 * What an encoder is told: a {@link Batch} whose sequences see themselves whole, and the type of
 * each token. Sequences of any lengths are packed one after the other; there is no padding.
 *
 * @param types int64 [tokens]: 0 for the first text of a pair, 1 for the second
 */
public record EncoderBatch(Batch batch, Tensor types) {

  /** Checks that every token has a type. */
  public EncoderBatch {
    if (types.count() != batch.tokens()) {
      throw new ModelException(
          "batch: %d token types for %d tokens".formatted(types.count(), batch.tokens()));
    }
  }

  /**
   * Packed sequences; the tensors belong to the innermost scope.
   *
   * @param ids of all tokens
   * @param types of all tokens
   * @param lengths of the sequences
   * @param dropout the probability of dropping an activation; 0 outside training
   */
  public static EncoderBatch of(
      int[] ids, int[] types, int[] lengths, double dropout, Device device) {
    var spans =
        IntStream.range(0, lengths.length).mapToObj(i -> new Batch.Span(i, 0, lengths[i])).toList();
    var packed =
        new Batch(
            new Batch.Ids(Tensor.of(ids, ids.length).to(device)),
            spans,
            AttentionPattern.FULL,
            Optional.empty(),
            Batch.Rows.ALL,
            dropout,
            false);
    return new EncoderBatch(packed, Tensor.of(types, types.length).to(device));
  }

  /** The same of sequences with their tokens. */
  public static EncoderBatch of(List<Sequence> sequences, double dropout, Device device) {
    return of(
        sequences.stream().flatMapToInt(s -> Arrays.stream(s.ids())).toArray(),
        sequences.stream().flatMapToInt(s -> Arrays.stream(s.types())).toArray(),
        sequences.stream().mapToInt(s -> s.ids().length).toArray(),
        dropout,
        device);
  }

  /** The same, of which the logits of some tokens alone are wanted. */
  public EncoderBatch rows(List<Integer> places) {
    return new EncoderBatch(
        new Batch(
            batch.inputs(),
            batch.spans(),
            batch.pattern(),
            batch.cache(),
            new Batch.Chosen(places),
            batch.dropout(),
            batch.recompute()),
        types);
  }

  /** The place of the first token of each sequence. */
  int[] firsts() {
    var firsts = new int[batch.spans().size()];
    for (int i = 1; i < firsts.length; i++) {
      firsts[i] = firsts[i - 1] + batch.spans().get(i - 1).length();
    }
    return firsts;
  }
}
