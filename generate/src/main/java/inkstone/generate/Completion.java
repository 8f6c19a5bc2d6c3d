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
 */
public record Completion(
    String text,
    int promptTokens,
    int completionTokens,
    FinishReason finishReason,
    List<Double> logprobs,
    long seed,
    Timings timings) {

  /** Copies the list. */
  public Completion {
    logprobs = List.copyOf(logprobs);
  }
}
