package inkstone.generate;

import inkstone.model.AttentionPattern;
import inkstone.model.Batch;
import inkstone.model.Decoder;
import inkstone.tensor.Functions;
import inkstone.tensor.Gradients;
import inkstone.tensor.Scope;
import inkstone.tensor.Tensor;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.IntStream;

/**
 * A network with its cache, which reads the next tokens of several texts in one packed batch and
 * lets each choose its next. Who calls holds its lock, as cached sequences belong to its pool.
 */
final class Stepper implements AutoCloseable {

  /** The most tokens of a prompt that one step reads, where nobody says otherwise. */
  static final int CHUNK = 512;

  private final Decoder decoder;
  private final int vocabulary;
  private final PagePool pool;

  Stepper(Decoder decoder, int vocabulary, PagePool pool) {
    this.decoder = decoder;
    this.vocabulary = vocabulary;
    this.pool = pool;
  }

  PagePool pool() {
    return pool;
  }

  /**
   * What one text gives to a batch.
   *
   * @param ids the tokens to read; the last ones may be guesses
   * @param wanted of how many of the last of them the logits are wanted
   */
  record Share(Writing writing, int[] ids, int wanted) {}

  /** Reads what is shared, and lets the texts go on; one that fails is ended with its failure. */
  void step(List<Share> shares) {
    long begin = System.nanoTime();
    try {
      forward(
          shares.stream().map(share -> share.writing().sequence()).toList(),
          shares.stream().map(Share::ids).toList(),
          shares.stream().mapToInt(Share::wanted).toArray(),
          logits -> {
            var normalisers = Functions.logSumExp(logits).toFloats();
            int row = 0;
            for (var share : shares) {
              row = accept(share, logits, normalisers, row);
            }
            return row;
          });
    } catch (RuntimeException e) {
      shares.forEach(share -> share.writing().fail(e));
    }
    long nanos = System.nanoTime() - begin;
    shares.forEach(share -> share.writing().took(nanos));
  }

  private static int accept(Share share, Tensor logits, float[] normalisers, int row) {
    try {
      share
          .writing()
          .accept(share, i -> logits.select(0, row + i).toFloats(), i -> normalisers[row + i]);
    } catch (RuntimeException e) {
      share.writing().fail(e);
    }
    return row + share.wanted();
  }

  /** Reads tokens of one sequence, and gives the likeliest next one. */
  int greedy(CachedSequence sequence, int[] news) {
    int token = 0;
    for (int at = 0; at < news.length; at += CHUNK) {
      var part = Arrays.copyOfRange(news, at, Math.min(news.length, at + CHUNK));
      token =
          forward(
              List.of(sequence),
              List.of(part),
              new int[] {1},
              logits -> (int) logits.argmax(-1).toLongs()[0]);
      sequence.add(part);
    }
    return token;
  }

  /**
   * One forward.
   *
   * @param news the new tokens of each sequence
   * @param wanted of how many of its last tokens
   * @param reader is given the logits that are wanted, [rows, vocabulary], or one row where none is
   */
  <T> T forward(
      List<CachedSequence> sequences, List<int[]> news, int[] wanted, Function<Tensor, T> reader) {
    var spans = new ArrayList<Batch.Span>();
    var rows = new ArrayList<Integer>();
    int end = 0;
    for (int i = 0; i < sequences.size(); i++) {
      int start = sequences.get(i).length();
      int length = news.get(i).length;
      if (!sequences.get(i).reserve(start + length)) {
        throw new GenerationException(
            "the cache is full: %d tokens more do not fit".formatted(length));
      }
      spans.add(new Batch.Span(i, start, length));
      end += length;
      IntStream.range(end - wanted[i], end).forEach(rows::add);
    }
    if (rows.isEmpty()) {
      rows.add(end - 1);
    }
    var pages = sequences.stream().map(CachedSequence::memory).toList();
    try (var off = Gradients.off();
        var scope = Scope.open()) {
      var ids = Tensor.of(news.stream().flatMapToInt(Arrays::stream).toArray(), end);
      var logits =
          decoder.forward(
              new Batch(
                  new Batch.Ids(ids.to(decoder.device())),
                  spans,
                  AttentionPattern.CAUSAL,
                  Optional.of((sequence, tokens) -> pages.get(sequence)),
                  new Batch.Chosen(rows),
                  0,
                  false));
      // A network may be padded with rows that stand for no token.
      return reader.apply(logits.size(1) == vocabulary ? logits : logits.narrow(1, 0, vocabulary));
    }
  }

  @Override
  public synchronized void close() {
    pool.close();
  }
}
