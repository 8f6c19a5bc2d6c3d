package inkstone.words;

/**
 * What is learned: two rows of numbers for each word, in arrays that all threads share.
 *
 * @param in [words][stride] the vectors
 * @param out [words or inner nodes][stride], and a row of zeros for each thread behind them
 * @param stride numbers of a row; those behind the dimensions are 0 and stay so
 */
record Weights(float[] in, float[] out, int dimensions, int stride) {

  /** Vectors drawn between -1/2 and 1/2 over the dimensions, outputs zero: as word2vec begins. */
  static Weights random(int words, int dimensions, int threads, long seed) {
    int stride = Kernel.stride(dimensions);
    long numbers = (long) (words + threads) * stride;
    if (numbers > Integer.MAX_VALUE - 8) {
      throw new WordsException(
          "%d words of %d dimensions are more than an array holds, 2,147 million numbers; raise vocabulary.min_count or lower model.dimensions"
              .formatted(words, dimensions));
    }
    try {
      var in = new float[words * stride];
      var draws = new Draws(seed);
      for (int word = 0; word < words; word++) {
        for (int d = 0; d < dimensions; d++) {
          in[word * stride + d] = (draws.unit() - 0.5f) / dimensions;
        }
      }
      return new Weights(in, new float[(int) numbers], dimensions, stride);
    } catch (OutOfMemoryError e) {
      throw new WordsException(
          "%d words of %d dimensions take %d MB, more than the JVM may have; give it more (INKSTONE_JAVA_OPTS=-Xmx8g) or raise vocabulary.min_count"
              .formatted(words, dimensions, numbers * 8 >> 20),
          e);
    }
  }

  /** The vectors without what fills their rows up. */
  float[] vectors() {
    int words = in.length / stride;
    var vectors = new float[words * dimensions];
    for (int word = 0; word < words; word++) {
      System.arraycopy(in, word * stride, vectors, word * dimensions, dimensions);
    }
    return vectors;
  }
}
