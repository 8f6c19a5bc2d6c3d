package inkstone.bench;

import inkstone.generate.LanguageModel;
import inkstone.model.AttentionPattern;
import inkstone.model.Batch;
import inkstone.model.Decoder;
import inkstone.tensor.Functions;
import inkstone.tensor.GgufType;
import inkstone.tensor.Gradients;
import inkstone.tensor.Scope;
import inkstone.tensor.Tensor;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.SequencedMap;
import java.util.stream.IntStream;

/**
 * How far the next-token distributions of both sides are from those of a file's weights multiplied
 * out to float32: the mean of Kullback and Leibler's divergence, in nats. A side that rounds more
 * than the file does is faster for it, and further off.
 *
 * @param file what was read
 * @param type how most of its numbers are stored
 * @param ours our divergence
 * @param theirs llama.cpp's
 * @param error the standard error of the mean of the differences between both, token by token
 * @param tokens the number of distributions
 */
record Faithfulness(
    Path file, GgufType type, double ours, double theirs, double error, int tokens) {

  /** Below this a log-probability does not count, as in llama-perplexity: 1e-7. */
  private static final float LEAST = -16;

  private static final double RESOLUTION = 1e-5;

  /**
   * Measures it.
   *
   * @param saved what llama.cpp gave with the same file
   */
  static Faithfulness of(Path file, GgufType type, SavedLogits saved) {
    var sums = new Sums();
    try (var exact = LanguageModel.widened(file);
        var near = LanguageModel.open(file)) {
      if (exact.decoder().config().vocabulary() != saved.vocabulary()) {
        throw new BenchException(
            "%s has %d tokens here and %d for llama.cpp"
                .formatted(file, exact.decoder().config().vocabulary(), saved.vocabulary()));
      }
      var begin = exact.defaults().begin();
      for (int chunk = 0; chunk < saved.chunks(); chunk++) {
        var ids = saved.chunk(chunk);
        if (begin.isPresent()) {
          ids[0] = begin.getAsInt(); // as there
        }
        try (var scope = Scope.open();
            var off = Gradients.off()) {
          var reference = Functions.logSoftmax(logits(exact.decoder(), ids, saved));
          var ours = logits(near.decoder(), ids, saved);
          for (int row = 0; row < saved.rows(); row++) {
            var wanted = reference.select(0, row).toFloats();
            sums.add(
                divergence(wanted, SavedLogits.rounded(ours.select(0, row).toFloats())),
                divergence(wanted, saved.row(chunk, row)));
          }
        }
      }
    }
    return sums.result(file, type);
  }

  private static Tensor logits(Decoder decoder, int[] ids, SavedLogits saved) {
    var rows = IntStream.range(saved.first(), saved.first() + saved.rows()).boxed().toList();
    return decoder.forward(
        new Batch(
            new Batch.Ids(Tensor.of(ids, ids.length).to(decoder.device())),
            List.of(new Batch.Span(0, 0, ids.length)),
            AttentionPattern.CAUSAL,
            Optional.empty(),
            new Batch.Chosen(rows),
            0,
            false));
  }

  /** Kullback and Leibler's, of one row from the reference. */
  static double divergence(float[] wanted, float[] found) {
    double sum = 0;
    for (int i = 0; i < wanted.length; i++) {
      if (wanted[i] > LEAST) {
        sum += Math.exp(wanted[i]) * (wanted[i] - found[i]);
      }
    }
    return sum;
  }

  private static final class Sums {
    private double ours;
    private double theirs;
    private double squares;
    private int tokens;

    private void add(double mine, double other) {
      ours += mine;
      theirs += other;
      squares += (mine - other) * (mine - other);
      tokens++;
    }

    private Faithfulness result(Path file, GgufType type) {
      double mean = (ours - theirs) / tokens;
      double variance = Math.max(0, squares / tokens - mean * mean);
      return new Faithfulness(
          file, type, ours / tokens, theirs / tokens, Math.sqrt(variance / tokens), tokens);
    }
  }

  /**
   * Whether what is measured afterwards counts: we are not further off than llama.cpp, as far as
   * the 16 bits of a saved log-probability can tell. Float32 weights are some 3e-6 off by those.
   */
  boolean holds() {
    return ours <= theirs + RESOLUTION;
  }

  /** As a line. */
  @Override
  public String toString() {
    return "%,d tokens, %s: divergence from the weights %.6f nats, llama.cpp's %.6f (difference +- %.6f)"
        .formatted(tokens, type.toString().toLowerCase(java.util.Locale.ROOT), ours, theirs, error);
  }

  /** Puts it into a record of what was measured. */
  void note(SequencedMap<String, Object> details) {
    details.put("divergence_file", String.valueOf(file.getFileName()));
    details.put("divergence_quant", type.toString().toLowerCase(java.util.Locale.ROOT));
    details.put("divergence_tokens", tokens);
    details.put("ours_divergence", ours);
    details.put("theirs_divergence", theirs);
    details.put("divergence_error", error);
  }
}
