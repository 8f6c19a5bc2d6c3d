package inkstone.generate;

import java.util.List;

/**
 * What a generation came to.
 *
 * @param text what was written after the prompt, without the stop string that ended it
 * @param promptTokens tokens read, a begin-of-text token included
 * @param completionTokens tokens written, an end-of-text token included
 * @param finishReason why it ended
 * @param logprobs where asked for, that of each token written (see {@link Piece}); else empty
 * @param seed what gives the same text again
 * @param timings how long it took
 * @param reusedTokens how many of the prompt's tokens were in the cache already, and not read again
 * @param guesses what came of {@linkplain Speculation guessing ahead}
 */
public record Completion(
    String text,
    int promptTokens,
    int completionTokens,
    FinishReason finishReason,
    List<Double> logprobs,
    long seed,
    Timings timings,
    int reusedTokens,
    Guesses guesses) {

  /**
   * How well tokens were guessed.
   *
   * @param made tokens that were guessed
   * @param right those of them that the model would have written itself
   */
  public record Guesses(int made, int right) {

    /** The part that was right, in [0, 1]; 0 where nothing was guessed. */
    public double rate() {
      return made == 0 ? 0 : (double) right / made;
    }
  }

  /** Copies the list. */
  public Completion {
    logprobs = List.copyOf(logprobs);
  }
}
