package inkstone.generate;

import java.util.Arrays;

/** Guesses what comes next in one text. */
interface Guesser extends AutoCloseable {

  /**
   * The tokens that may come after the first {@code count} of {@code ids}.
   *
   * @param most how many at most, 1 or more
   */
  int[] guess(int[] ids, int count, int most);

  @Override
  default void close() {
    // Most hold nothing.
  }

  /** One for a new text. */
  static Guesser of(Speculation speculation, LanguageModel model) {
    return switch (speculation) {
      case Speculation.None none -> (ids, count, most) -> new int[0];
      case Speculation.PromptLookup(int ngram, int tokens) ->
          (ids, count, most) -> lookUp(ids, count, ngram, Math.min(tokens, most));
      case Speculation.Draft draft -> new DraftGuesser(draft, model);
    };
  }

  private static int[] lookUp(int[] ids, int count, int ngram, int most) {
    for (int n = Math.min(ngram, count - 1); n > 0; n--) {
      for (int at = count - n - 1; at >= 0; at--) {
        if (Arrays.equals(ids, at, at + n, ids, count - n, count)) {
          return Arrays.copyOfRange(ids, at + n, Math.min(count, at + n + most));
        }
      }
    }
    return new int[0];
  }
}
