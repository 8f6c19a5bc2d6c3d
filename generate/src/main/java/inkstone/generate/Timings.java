package inkstone.generate;

/**
 * How long a generation took. Time that the caller spends between two pieces does not count.
 *
 * @param promptSeconds from the beginning to the first piece: the prompt is read in it
 * @param generationSeconds from there to the end
 * @param tokensPerSecond tokens after the first for each of the generation's seconds; 0 where there
 *     was none
 */
public record Timings(double promptSeconds, double generationSeconds, double tokensPerSecond) {

  static Timings of(long promptNanos, long generationNanos, int tokens) {
    double seconds = generationNanos / 1e9;
    return new Timings(promptNanos / 1e9, seconds, tokens > 1 ? (tokens - 1) / seconds : 0);
  }
}
