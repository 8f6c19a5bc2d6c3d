package inkstone.generate;

import inkstone.generate.constraint.Constraint;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalInt;
import java.util.OptionalLong;

/**
 * What to write, and how. Start with {@link #of} and add what matters:
 *
 * <pre>{@code
 * GenerationRequest.of("Once upon a time").temperature(0.8).topP(0.95).seed(7)
 * }</pre>
 *
 * <p>What is left unsaid comes from the model's {@link GenerationDefaults}.
 *
 * @param prompt what the text begins with; it may be empty
 * @param temperature see {@link Sampling}
 * @param topK see {@link Sampling}
 * @param topP see {@link Sampling}
 * @param minP see {@link Sampling}
 * @param repetitionPenalty see {@link Sampling}
 * @param maxTokens the most tokens that are written, 1 or more
 * @param stop strings that end the text where they would appear; they are not part of it
 * @param seed what fixes the random choices; without it each generation has its own
 * @param logprobs whether the completion lists the log-probability of each token
 * @param speculation how tokens are guessed ahead, which changes the speed and not the text
 * @param constraint what the text is held to; it may still end early at a stop string or the limit
 *     of tokens, and is then the beginning of one that the constraint accepts
 */
public record GenerationRequest(
    String prompt,
    OptionalDouble temperature,
    OptionalInt topK,
    OptionalDouble topP,
    OptionalDouble minP,
    OptionalDouble repetitionPenalty,
    int maxTokens,
    List<String> stop,
    OptionalLong seed,
    boolean logprobs,
    Speculation speculation,
    Optional<Constraint> constraint) {

  /** The most tokens that are written where a request does not say. */
  public static final int MAX_TOKENS = 256;

  /** Refuses values out of range. */
  public GenerationRequest {
    stop = List.copyOf(stop);
    if (maxTokens < 1) {
      throw new GenerationException("max tokens " + maxTokens + " is out of range; give 1 or more");
    }
    if (stop.contains("")) {
      throw new GenerationException(
          "a stop string is empty and would end every text; leave it out");
    }
    // Only for its checks: what is unsaid is certainly in range.
    new Sampling(
        temperature.orElse(0),
        topK.orElse(0),
        topP.orElse(1),
        minP.orElse(0),
        repetitionPenalty.orElse(1));
  }

  /** A request to go on from {@code prompt}. */
  public static GenerationRequest of(String prompt) {
    var unsaid = OptionalDouble.empty();
    return new GenerationRequest(
        prompt,
        unsaid,
        OptionalInt.empty(),
        unsaid,
        unsaid,
        unsaid,
        MAX_TOKENS,
        List.of(),
        OptionalLong.empty(),
        false,
        Speculation.NONE,
        Optional.empty());
  }

  /** This request at another temperature, 0 or more. */
  public GenerationRequest temperature(double value) {
    return new GenerationRequest(
        prompt,
        OptionalDouble.of(value),
        topK,
        topP,
        minP,
        repetitionPenalty,
        maxTokens,
        stop,
        seed,
        logprobs,
        speculation,
        constraint);
  }

  /** This request among the {@code value} most likely tokens; 0 is off. */
  public GenerationRequest topK(int value) {
    return new GenerationRequest(
        prompt,
        temperature,
        OptionalInt.of(value),
        topP,
        minP,
        repetitionPenalty,
        maxTokens,
        stop,
        seed,
        logprobs,
        speculation,
        constraint);
  }

  /** This request with another top-p, in [0, 1]. */
  public GenerationRequest topP(double value) {
    return new GenerationRequest(
        prompt,
        temperature,
        topK,
        OptionalDouble.of(value),
        minP,
        repetitionPenalty,
        maxTokens,
        stop,
        seed,
        logprobs,
        speculation,
        constraint);
  }

  /** This request with another min-p, in [0, 1]. */
  public GenerationRequest minP(double value) {
    return new GenerationRequest(
        prompt,
        temperature,
        topK,
        topP,
        OptionalDouble.of(value),
        repetitionPenalty,
        maxTokens,
        stop,
        seed,
        logprobs,
        speculation,
        constraint);
  }

  /** This request with another repetition penalty, above 0. */
  public GenerationRequest repetitionPenalty(double value) {
    return new GenerationRequest(
        prompt,
        temperature,
        topK,
        topP,
        minP,
        OptionalDouble.of(value),
        maxTokens,
        stop,
        seed,
        logprobs,
        speculation,
        constraint);
  }

  /** This request for at most {@code value} tokens, 1 or more. */
  public GenerationRequest maxTokens(int value) {
    return new GenerationRequest(
        prompt,
        temperature,
        topK,
        topP,
        minP,
        repetitionPenalty,
        value,
        stop,
        seed,
        logprobs,
        speculation,
        constraint);
  }

  /** This request with these stop strings in place of its own. */
  public GenerationRequest stop(String... values) {
    return stop(List.of(values));
  }

  /** This request with these stop strings in place of its own. */
  public GenerationRequest stop(List<String> values) {
    return new GenerationRequest(
        prompt,
        temperature,
        topK,
        topP,
        minP,
        repetitionPenalty,
        maxTokens,
        values,
        seed,
        logprobs,
        speculation,
        constraint);
  }

  /** This request with its random choices fixed. */
  public GenerationRequest seed(long value) {
    return new GenerationRequest(
        prompt,
        temperature,
        topK,
        topP,
        minP,
        repetitionPenalty,
        maxTokens,
        stop,
        OptionalLong.of(value),
        logprobs,
        speculation,
        constraint);
  }

  /** This request with, or without, log-probabilities in the completion. */
  public GenerationRequest logprobs(boolean value) {
    return new GenerationRequest(
        prompt,
        temperature,
        topK,
        topP,
        minP,
        repetitionPenalty,
        maxTokens,
        stop,
        seed,
        value,
        speculation,
        constraint);
  }

  /** This request with tokens guessed ahead. */
  public GenerationRequest speculation(Speculation value) {
    return new GenerationRequest(
        prompt,
        temperature,
        topK,
        topP,
        minP,
        repetitionPenalty,
        maxTokens,
        stop,
        seed,
        logprobs,
        value,
        constraint);
  }

  /**
   * This request for a text that keeps to {@code value}, for example {@code
   * Constraint.json(schema)}.
   */
  public GenerationRequest constraint(Constraint value) {
    return new GenerationRequest(
        prompt,
        temperature,
        topK,
        topP,
        minP,
        repetitionPenalty,
        maxTokens,
        stop,
        seed,
        logprobs,
        speculation,
        Optional.of(value));
  }
}
