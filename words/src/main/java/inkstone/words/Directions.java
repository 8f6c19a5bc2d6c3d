package inkstone.words;

import java.util.Map;
import java.util.stream.IntStream;

/**
 * Vectors of length 1, and what they have to do with others.
 *
 * @param rows [words][stride], filled up with zeros to what vectors hold
 */
record Directions(int words, int dimensions, int stride, float[] rows) {

  /** Rows that one thread compares at a time. */
  private static final int PART = 4096;

  static Directions of(int words, int dimensions, float[] numbers) {
    int stride = Kernel.stride(dimensions);
    if ((long) words * stride > Integer.MAX_VALUE - 8) {
      throw new WordsException(
          "%d words of %d dimensions are more than can be compared; open a file of fewer words"
              .formatted(words, dimensions));
    }
    var rows = new float[words * stride];
    for (int word = 0; word < words; word++) {
      double square = 0;
      for (int d = 0; d < dimensions; d++) {
        double x = numbers[word * dimensions + d];
        square += x * x;
      }
      // A word without direction is near to nothing.
      double scale = square > 0 ? 1 / Math.sqrt(square) : 0;
      for (int d = 0; d < dimensions; d++) {
        rows[word * stride + d] = (float) (numbers[word * dimensions + d] * scale);
      }
    }
    return new Directions(words, dimensions, stride, rows);
  }

  double cosine(int first, int second) {
    double sum = 0;
    for (int d = 0; d < dimensions; d++) {
      sum += (double) rows[first * stride + d] * rows[second * stride + d];
    }
    return sum;
  }

  /** The direction of a sum of words, each with its weight; [stride]. */
  float[] sum(Map<Integer, Float> weights) {
    var sum = new float[stride];
    weights.forEach(
        (word, weight) -> {
          for (int d = 0; d < dimensions; d++) {
            sum[d] += weight * rows[word * stride + d];
          }
        });
    double square = 0;
    for (float x : sum) {
      square += (double) x * x;
    }
    for (int d = 0; d < dimensions && square > 0; d++) {
      sum[d] /= (float) Math.sqrt(square);
    }
    return sum;
  }

  /** Of one direction with every word. */
  float[] cosines(float[] query) {
    var queries = new float[Kernel.OUTPUTS * stride];
    System.arraycopy(query, 0, queries, 0, stride);
    var all = new float[words];
    each(queries, words, (word, dots) -> all[word] = dots[0]);
    return all;
  }

  /** What is done with a word's cosines. */
  interface Visitor {
    /** Called by several threads, each with words of its own; {@code dots} is reused. */
    void visit(int word, float[] dots);
  }

  /**
   * Shows the first words' cosines with {@link Kernel#OUTPUTS} directions.
   *
   * @param queries [{@link Kernel#OUTPUTS}][stride]
   */
  void each(float[] queries, int first, Visitor visitor) {
    var places = new int[Kernel.OUTPUTS];
    for (int k = 0; k < places.length; k++) {
      places[k] = k * stride;
    }
    IntStream.range(0, Math.ceilDiv(first, PART))
        .parallel()
        .forEach(
            part -> {
              var kernel = Kernel.of(1);
              for (int word = part * PART; word < Math.min(first, (part + 1) * PART); word++) {
                kernel.dots(rows, word * stride, queries, places, 0, stride);
                visitor.visit(word, kernel.dots);
              }
            });
  }
}
