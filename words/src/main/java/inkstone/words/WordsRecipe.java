package inkstone.words;

import java.nio.file.Path;
import java.util.List;
import java.util.Locale;

/**
 * All that decides how word vectors are learned. Every component is a key of the YAML file and the
 * other way round; {@code recipes/words.yaml} is a commented example.
 *
 * @param seed of first vectors, sub-sampling, windows and negative samples
 * @param corpus folders and files; empty for the definitions of WordNet
 * @param split how text becomes words
 */
public record WordsRecipe(
    long seed,
    List<String> corpus,
    Splitter split,
    Phrasing phrases,
    Words vocabulary,
    Model model,
    Training training) {

  /** What a file that is empty means: skip-gram as in the paper, on WordNet. */
  public static final WordsRecipe DEFAULTS =
      new WordsRecipe(
          1,
          List.of(),
          Splitter.LETTERS,
          new Phrasing(0, 100, 5),
          new Words(5, 0),
          new Model(Model.Kind.SKIPGRAM, 100, 5, true, Model.Loss.NEGATIVE, 5, 0.75, true),
          new Training(5, 0, 0.0001, 0.001, 0));

  /** Copies the list. */
  public WordsRecipe {
    corpus = List.copyOf(corpus);
  }

  /**
   * Words that become one.
   *
   * @param passes over the text; 0 for no phrases
   * @param threshold what a pair's score must exceed; higher means fewer phrases
   * @param discount taken from a pair's count, so that rare words do not make phrases
   */
  public record Phrasing(int passes, double threshold, int discount) {}

  /**
   * Which words get a vector.
   *
   * @param minCount how often a word must stand in the text
   * @param maxSize the most words; 0 for all
   */
  public record Words(int minCount, int maxSize) {}

  /**
   * The network.
   *
   * @param kind predict the neighbours from the word, or the word from its neighbours
   * @param dimensions numbers of a vector
   * @param window the most words to either side that count as neighbours
   * @param dynamicWindow draw each window's size between 1 and {@code window}, so that near words
   *     weigh more
   * @param loss how it is told what is not a neighbour
   * @param negatives words drawn for each prediction, with {@code loss: negative}
   * @param power of a word's count that gives its chance to be drawn
   * @param shareNegatives all pairs of a skip-gram window get the same ones, which is faster
   */
  public record Model(
      Kind kind,
      int dimensions,
      int window,
      boolean dynamicWindow,
      Loss loss,
      int negatives,
      double power,
      boolean shareNegatives) {

    /** The two networks of Mikolov et al. (2013). */
    public enum Kind {
      SKIPGRAM,
      CBOW;

      @Override
      public String toString() {
        return name().toLowerCase(Locale.ROOT);
      }
    }

    /** The two ways not to compute a softmax over all words. */
    public enum Loss {
      NEGATIVE,
      HIERARCHICAL;

      @Override
      public String toString() {
        return name().toLowerCase(Locale.ROOT);
      }
    }
  }

  /**
   * The loop.
   *
   * @param epochs times that the text is read
   * @param learningRate at the beginning; it falls in a line; 0 for the usual one, 0.025 of
   *     skip-gram and 0.05 of CBOW
   * @param finalRate at the end
   * @param subsample the part of the text above which a word is left out more and more often; 0 for
   *     never
   * @param threads 0 for as many as there are cores; only 1 gives the same vectors each time
   */
  public record Training(
      int epochs, double learningRate, double finalRate, double subsample, int threads) {}

  /** Reads a YAML file; what it leaves out is as in {@link #DEFAULTS}. */
  public static WordsRecipe read(Path file, List<String> overrides) {
    return WordsRecipeFile.read(file, overrides);
  }

  /** The defaults with some keys set, each {@code key=value}. */
  public static WordsRecipe of(List<String> overrides) {
    return WordsRecipeFile.parse("recipe", "", overrides);
  }

  /** As YAML. */
  public String yaml() {
    return WordsRecipeFile.write(this);
  }

  double firstRate() {
    return training.learningRate() > 0
        ? training.learningRate()
        : model.kind() == Model.Kind.CBOW ? 0.05 : 0.025;
  }

  int threadsHere() {
    return training.threads() > 0 ? training.threads() : Runtime.getRuntime().availableProcessors();
  }

  /** Refuses values that mean nothing. */
  WordsRecipe checked(String where) {
    require(where, "phrases.passes", phrases.passes(), phrases.passes() >= 0, "0 or more");
    require(where, "phrases.threshold", phrases.threshold(), phrases.threshold() > 0, "above 0");
    require(where, "phrases.discount", phrases.discount(), phrases.discount() >= 0, "0 or more");
    require(
        where,
        "vocabulary.min_count",
        vocabulary.minCount(),
        vocabulary.minCount() >= 1,
        "1 or more");
    require(
        where,
        "vocabulary.max_size",
        vocabulary.maxSize(),
        vocabulary.maxSize() == 0 || vocabulary.maxSize() >= 2,
        "0, or 2 or more");
    require(
        where,
        "model.dimensions",
        model.dimensions(),
        model.dimensions() >= 1 && model.dimensions() <= 10_000,
        "1 to 10000");
    require(
        where,
        "model.window",
        model.window(),
        model.window() >= 1 && model.window() <= 500,
        "1 to 500");
    require(
        where,
        "model.negatives",
        model.negatives(),
        model.negatives() >= 1 && model.negatives() <= 1000,
        "1 to 1000");
    require(where, "model.power", model.power(), Math.abs(model.power()) <= 10, "-10 to 10");
    require(where, "training.epochs", training.epochs(), training.epochs() >= 1, "1 or more");
    require(
        where,
        "training.learning_rate",
        training.learningRate(),
        training.learningRate() >= 0 && training.learningRate() <= 1,
        "0 to 1");
    require(
        where,
        "training.final_rate",
        training.finalRate(),
        training.finalRate() >= 0 && training.finalRate() <= firstRate(),
        "0 to the first rate, " + firstRate());
    require(
        where,
        "training.subsample",
        training.subsample(),
        training.subsample() >= 0 && training.subsample() < 1,
        "in [0, 1)");
    require(
        where,
        "training.threads",
        training.threads(),
        training.threads() >= 0 && training.threads() <= 1024,
        "0 to 1024");
    return this;
  }

  private static void require(
      String where, String key, Number value, boolean holds, String expected) {
    if (!holds) {
      throw new WordsException(
          "%s: %s must be %s, but is %s".formatted(where, key, expected, value));
    }
  }
}
