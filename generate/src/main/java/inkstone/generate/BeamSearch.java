package inkstone.generate;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.PriorityQueue;
import java.util.stream.IntStream;

/**
 * Goes on with several texts at once and keeps the likeliest: what Transformers does with {@code
 * num_beams}, step by step. It knows nothing of networks, only {@link Steps}.
 *
 * @param width how many texts are gone on with, and how many are kept, 1 or more
 * @param maxTokens the most tokens of a text, 1 or more
 * @param lengthPenalty a finished text counts by its log-probability divided by {@code
 *     length^lengthPenalty}, as in Transformers: above 0, long texts gain. (The penalty of Wu et
 *     al., 2016, formula 14, divides by {@code ((5 + length) / 6)^alpha} and is another one.)
 * @param stopping when to give up looking for better ones
 */
public record BeamSearch(int width, int maxTokens, double lengthPenalty, Stopping stopping) {

  /** When a search ends, once as many texts have ended as are kept. */
  public enum Stopping {
    /** At once ({@code early_stopping=True}). */
    FULL,
    /**
     * When the best that goes on, were it to end now, would be worse than the worst kept ({@code
     * early_stopping=False}, which is what Transformers does unless told otherwise).
     */
    LIKELY,
    /**
     * When none that goes on could come to be better, at the greatest length where length gains
     * ({@code early_stopping="never"}).
     */
    CERTAIN
  }

  /** What comes next, for whatever can tell. */
  public interface Steps {

    /**
     * The log-probabilities of all tokens after each text.
     *
     * @param texts how each goes on from one of the last call; the first call has one, {@link
     *     Continuation#BEGIN}
     */
    List<float[]> next(List<Continuation> texts);
  }

  /**
   * A text that goes on from one of the step before.
   *
   * @param parent its place among those
   * @param token what it adds
   */
  public record Continuation(int parent, int token) {
    /** The empty text. */
    public static final Continuation BEGIN = new Continuation(-1, -1);
  }

  /**
   * A text that was found.
   *
   * @param tokens with the one that ended it
   * @param score its log-probability divided as the length penalty says
   */
  public record Beam(List<Integer> tokens, double score) {
    /** Copies the list. */
    public Beam {
      tokens = List.copyOf(tokens);
    }
  }

  /** A text that is gone on with: the natural logarithm of its probability so far. */
  private record Running(List<Integer> tokens, double logprob) {}

  /** A text with one token more. */
  private record Candidate(Continuation step, double logprob) {}

  private static final Comparator<Candidate> LEAST_FIRST =
      Comparator.comparingDouble(Candidate::logprob)
          .thenComparing(each -> -each.step.parent)
          .thenComparing(each -> -each.step.token);

  /** Refuses what cannot be. */
  public BeamSearch {
    if (width < 1 || maxTokens < 1 || !Double.isFinite(lengthPenalty)) {
      throw new GenerationException(
          "beam search of width %d to %d tokens, length penalty %s; give 1 or more, and a number"
              .formatted(width, maxTokens, lengthPenalty));
    }
  }

  /** A search of Transformers' usual kind: texts count by their mean log-probability. */
  public static BeamSearch of(int width, int maxTokens) {
    return new BeamSearch(width, maxTokens, 1, Stopping.LIKELY);
  }

  /**
   * The best texts, the best one first.
   *
   * @param ends the tokens that end a text
   */
  public List<Beam> run(Steps steps, List<Integer> ends) {
    var running = List.of(new Running(List.of(), 0));
    var going = List.of(Continuation.BEGIN);
    List<Beam> found = List.of();
    int keep = Math.max(2, 1 + ends.size()) * width;
    for (int length = 1; ; length++) {
      var candidates = best(running, steps.next(going), keep);
      boolean last = length == maxTokens;
      var ended = new ArrayList<>(found);
      var nextRunning = new ArrayList<Running>();
      var nextGoing = new ArrayList<Continuation>();
      for (int i = 0; i < candidates.size(); i++) {
        var candidate = candidates.get(i);
        var text = extended(running.get(candidate.step.parent), candidate);
        if (!last && !ends.contains(candidate.step.token)) {
          if (nextRunning.size() < width) {
            nextRunning.add(text);
            nextGoing.add(candidate.step);
          }
        } else if (i < width) {
          ended.add(new Beam(text.tokens, score(text.logprob, length)));
        }
      }
      ended.sort(Comparator.comparingDouble(Beam::score).reversed());
      found = List.copyOf(ended.subList(0, Math.min(width, ended.size())));
      if (nextRunning.isEmpty() || isOver(found, nextRunning.getFirst(), length)) {
        return found;
      }
      running = nextRunning;
      going = nextGoing;
    }
  }

  private boolean isOver(List<Beam> found, Running best, int length) {
    if (found.size() < width) {
      return false;
    }
    int reached = stopping == Stopping.CERTAIN && lengthPenalty > 0 ? maxTokens : length;
    return stopping == Stopping.FULL || score(best.logprob, reached) <= found.getLast().score;
  }

  private double score(double logprob, int length) {
    return logprob / Math.pow(length, lengthPenalty);
  }

  private static Running extended(Running text, Candidate candidate) {
    var tokens = new ArrayList<>(text.tokens);
    tokens.add(candidate.step.token);
    return new Running(tokens, candidate.logprob);
  }

  /** The likeliest texts of one token more, the likeliest first; of equal ones the first. */
  private static List<Candidate> best(List<Running> running, List<float[]> logprobs, int keep) {
    var least = new PriorityQueue<>(keep, LEAST_FIRST);
    for (int i = 0; i < running.size(); i++) {
      var row = logprobs.get(i);
      double before = running.get(i).logprob;
      for (int token = 0; token < row.length; token++) {
        double logprob = before + row[token];
        boolean full = least.size() == keep;
        if (!full || logprob > least.element().logprob) {
          if (full) {
            least.remove();
          }
          least.add(new Candidate(new Continuation(i, token), logprob));
        }
      }
    }
    var best = new ArrayList<Candidate>();
    IntStream.range(0, least.size()).forEach(i -> best.add(least.remove()));
    return best.reversed();
  }
}
