package inkstone.evaluate;

import inkstone.model.Batch;
import inkstone.model.Decoder;
import inkstone.tensor.Functions;
import inkstone.tensor.Gradients;
import inkstone.tensor.Scope;
import inkstone.tensor.Tensor;
import java.util.Arrays;
import java.util.function.LongConsumer;

/**
 * How far a network's next-token distributions are from those of another, over one text.
 *
 * @param nats the sum of the first network's negative log-probabilities
 * @param otherNats that of the other
 * @param divergence the sum of the Kullback-Leibler divergences of the other's distributions from
 *     the first's, in nats
 * @param tokens the number of distributions
 */
public record Divergence(double nats, double otherNats, double divergence, long tokens) {

  /** Rows of logits that are held at once. */
  private static final int WINDOW = 256;

  /**
   * Reads {@code ids} in windows that do not overlap, of at most 256 tokens and the context.
   *
   * @param ids at least 2, of the vocabulary that both share
   * @param progress told how many tokens are done
   */
  public static Divergence of(Decoder first, Decoder other, int[] ids, LongConsumer progress) {
    if (ids.length < 2 || first.config().vocabulary() != other.config().vocabulary()) {
      throw new IllegalArgumentException(
          "%d tokens, vocabularies of %d and %d: give 2 tokens or more, and one vocabulary"
              .formatted(ids.length, first.config().vocabulary(), other.config().vocabulary()));
    }
    int window = Math.min(WINDOW, Math.min(first.config().context(), other.config().context()));
    var sum = new Divergence(0, 0, 0, 0);
    for (int at = 0; at < ids.length - 1; at += window) {
      int end = Math.min(ids.length - 1, at + window);
      sum = sum.plus(window(first, other, Arrays.copyOfRange(ids, at, end + 1)));
      progress.accept(sum.tokens);
    }
    return sum;
  }

  private static Divergence window(Decoder first, Decoder other, int[] ids) {
    int tokens = ids.length - 1;
    try (var scope = Scope.open();
        var off = Gradients.off()) {
      var inputs = Tensor.of(Arrays.copyOf(ids, tokens), tokens);
      var targets = Tensor.of(Arrays.copyOfRange(ids, 1, ids.length), tokens);
      var exact = logprobs(first, inputs);
      var near = logprobs(other, inputs);
      return new Divergence(
          tokens * Functions.crossEntropy(exact, targets).item(),
          tokens * Functions.crossEntropy(near, targets).item(),
          exact.exp().mul(exact.sub(near)).sum().item(),
          tokens);
    }
  }

  private static Tensor logprobs(Decoder decoder, Tensor ids) {
    return Functions.logSoftmax(decoder.forward(Batch.training(ids.to(decoder.device()), 1, 0)));
  }

  private Divergence plus(Divergence more) {
    return new Divergence(
        nats + more.nats,
        otherNats + more.otherNats,
        divergence + more.divergence,
        tokens + more.tokens);
  }

  /** e to the mean of the first network's negative log-probabilities. */
  public double perplexity() {
    return Math.exp(nats / tokens);
  }

  /** That of the other. */
  public double otherPerplexity() {
    return Math.exp(otherNats / tokens);
  }

  /** The mean divergence, in nats; 0 where all distributions are the same. */
  public double mean() {
    return divergence / tokens;
  }
}
