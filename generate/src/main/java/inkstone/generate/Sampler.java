package inkstone.generate;

import inkstone.generate.constraint.Guide;
import java.util.BitSet;
import java.util.Optional;

/**
 * Draws one token after another from logits. The same settings, seed and logits give the same
 * tokens, on every machine. Not for use by several threads.
 */
public final class Sampler {

  private final Sampling sampling;
  private final long seed;
  private final BitSet seen = new BitSet();
  private Optional<Guide> guide;
  private long draws;

  private Sampler(Sampling sampling, long seed, Optional<Guide> guide) {
    this.sampling = sampling;
    this.seed = seed;
    this.guide = guide;
  }

  /**
   * What was drawn.
   *
   * @param id the token
   * @param logprob the natural logarithm of its probability in the model's own distribution, the
   *     softmax of the logits as they came: before constraint, penalty, temperature and filters
   */
  public record Choice(int id, double logprob) {}

  /** A sampler at the beginning of the stream of {@code seed}. */
  public static Sampler of(Sampling sampling, long seed) {
    return of(sampling, seed, Optional.empty());
  }

  /** As above, of a text that keeps to a constraint: what it forbids gets no share. */
  public static Sampler of(Sampling sampling, long seed, Optional<Guide> guide) {
    return new Sampler(sampling, seed, guide);
  }

  /** Counts tokens, such as a prompt's, as repeated if they come. */
  public void see(int... ids) {
    for (int id : ids) {
      seen.set(id);
    }
  }

  /**
   * Draws the next token, which counts as seen from now on. Of equally likely ones, greedy choice
   * takes the lowest.
   *
   * @param logits one for each token; minus infinity where it must not come
   * @throws GenerationException if a logit is NaN or infinite, or no token may come
   * @throws inkstone.generate.constraint.ConstraintException if the constraint cannot go on
   */
  public Choice next(float[] logits) {
    return next(logits, normaliser(logits));
  }

  /**
   * The same, where it is known already.
   *
   * @param normaliser the logarithm of the sum of e^logit; not finite where a logit is not, or all
   *     are minus infinity
   */
  Choice next(float[] logits, double normaliser) {
    if (!Double.isFinite(normaliser)) {
      largest(logits); // tells which logits it comes from
    }
    boolean free = guide.isEmpty() && sampling.repetitionPenalty() == 1;
    var scores = free ? logits : penalised(logits);
    guide.ifPresent(point -> point.allowed().apply(scores));
    int best = likeliest(scores);
    if (scores[best] == Float.NEGATIVE_INFINITY) {
      throw new GenerationException("the model forbids every token that the constraint allows");
    }
    int id =
        sampling.temperature() == 0
            ? best
            : Candidates.of(scores, scores[best], sampling).at(Uniform.at(seed, draws++));
    seen.set(id);
    guide = guide.map(point -> point.accept(id));
    return new Choice(id, logits[id] - normaliser);
  }

  private static int likeliest(float[] scores) {
    int best = 0;
    float most = scores[0];
    for (int id = 1; id < scores.length; id++) {
      if (scores[id] > most) {
        best = id;
        most = scores[id];
      }
    }
    return best;
  }

  private static double normaliser(float[] logits) {
    float largest = largest(logits);
    double sum = 0;
    for (float logit : logits) {
      sum += Exponential.at((double) logit - largest);
    }
    return largest + Math.log(sum);
  }

  /** Whether the constraint, if there is one, allows nothing more but the end. */
  public boolean finished() {
    return guide.map(Guide::finished).orElse(false);
  }

  private static float largest(float[] logits) {
    float largest = Float.NEGATIVE_INFINITY;
    for (float logit : logits) {
      largest = Math.max(largest, logit);
    }
    if (!Float.isFinite(largest)) {
      throw new GenerationException(
          "the model gives "
              + largest
              + " for its logits: its weights are damaged, or training diverged");
    }
    return largest;
  }

  private float[] penalised(float[] logits) {
    var scores = logits.clone();
    float penalty = (float) sampling.repetitionPenalty();
    seen.stream()
        .filter(id -> id < scores.length)
        .forEach(id -> scores[id] = scores[id] < 0 ? scores[id] * penalty : scores[id] / penalty);
    return scores;
  }
}
