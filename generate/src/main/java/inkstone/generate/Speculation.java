package inkstone.generate;

/**
 * How tokens are guessed ahead, so that one step of the network checks several (Leviathan et al.,
 * 2023). A guess counts only where the sampler would have drawn that very token, so the text is the
 * one that would have come without, greedy or sampled.
 */
public sealed interface Speculation {

  /** Nothing is guessed. */
  Speculation NONE = new None();

  /** See {@link #NONE}. */
  record None() implements Speculation {}

  /**
   * What followed the last tokens where they came before, in the prompt or since (Saxena, 2023,
   * "Prompt Lookup Decoding"). For texts that repeat their prompt: summaries, corrections, code.
   *
   * @param ngram the most tokens that are looked up, 1 or more; where they are not found, fewer
   * @param tokens the most that are guessed at once, 1 or more
   */
  record PromptLookup(int ngram, int tokens) implements Speculation {
    /** Refuses numbers below 1. */
    public PromptLookup {
      positive("ngram", ngram);
      positive("tokens", tokens);
    }
  }

  /**
   * What a smaller model of the same vocabulary would write.
   *
   * @param model stays the caller's, and open as long as the request runs
   * @param tokens the most that are guessed at once, 1 or more
   */
  record Draft(LanguageModel model, int tokens) implements Speculation {
    /** Refuses numbers below 1. */
    public Draft {
      positive("tokens", tokens);
    }
  }

  private static void positive(String name, int value) {
    if (value < 1) {
      throw new GenerationException(
          "speculation: %s %d is out of range; give 1 or more".formatted(name, value));
    }
  }
}
