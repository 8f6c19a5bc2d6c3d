package inkstone.train;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/**
 * All that decides how a translation model is trained. Every component is a key of the YAML file
 * and the other way round; {@code recipes/multi30k-en-de.yaml} is a commented example.
 *
 * @param task always {@code translation}, by which a file is known as this kind of recipe
 * @param seed of initial weights, order of data, dropout and splits
 * @param device {@code cpu}, {@code cuda} or {@code cuda:N}
 */
public record TranslationRecipe(
    Task task,
    long seed,
    String device,
    Data data,
    Text text,
    Model model,
    Recipe.Optimizer optimizer,
    Recipe.Schedule schedule,
    Training training,
    Search search)
    implements Pace {

  /** What a file that leaves everything out means, but for its data. */
  public static final TranslationRecipe DEFAULTS =
      new TranslationRecipe(
          Task.translation,
          1,
          "cpu",
          new Data("", "", "", "", 0, List.of()),
          new Text("", "", true, false, 8000),
          new Model(4, 4, 128, 256, 256, Model.Norms.post, 0.3),
          new Recipe.Optimizer(Recipe.Optimizer.Kind.adamw, 5e-3, 0.9, 0.98, 1e-9, 0, 0, 0.95),
          new Recipe.Schedule(Recipe.Schedule.Kind.inverse_sqrt, 2000, 0.2, 0),
          new Training(8000, 4096, 1, 110, 550, 0, 600, 10, 0.1),
          new Search(5, 1));

  /** The kinds of recipes that are not for a decoder. */
  public enum Task {
    translation
  }

  /**
   * What is learned from.
   *
   * @param source a file with a sentence on each line, also with {@code .gz}; or with its
   *     translation in a second column behind a tab
   * @param target its translations, line by line; empty where {@code source} has both
   * @param heldOutSource what is scored during the run; empty to hold out some of the pairs
   * @param heldOutTarget its translations
   * @param heldOutPairs how many to hold out where there are no files for it
   * @param tests further sentences to score at the end: a name, a source and a target file each,
   *     with a colon between them
   */
  public record Data(
      String source,
      String target,
      String heldOutSource,
      String heldOutTarget,
      int heldOutPairs,
      List<String> tests) {}

  /**
   * How sentences are written and cut.
   *
   * @param source the code of the language that is read, for example {@code en}
   * @param target the code of the language that is written
   * @param moses whether punctuation and words of English and German are treated as Moses does
   * @param lowercase whether capitals are given up
   * @param vocabulary the largest number of tokens of the byte-pair encoding of both languages
   */
  public record Text(
      String source, String target, boolean moses, boolean lowercase, int vocabulary) {}

  /**
   * The network, both sides alike.
   *
   * @param hidden width of the feed-forward layers
   * @param positions the most tokens of a sentence
   * @param norms after each sum, as in the paper, or before each part
   * @param dropout probability of dropping an activation
   */
  public record Model(
      int layers, int heads, int width, int hidden, int positions, Norms norms, double dropout) {
    /** Where norms stand. */
    public enum Norms {
      post,
      pre
    }
  }

  /**
   * The loop.
   *
   * @param steps optimizer steps
   * @param batchTokens the most tokens of one batch, of sources and of targets each
   * @param accumulate batches of one optimizer step
   * @param evaluateEvery steps between evaluations on what is held out; 0 for only the last
   * @param sampleEvery steps between translations that are shown; 0 for only the last
   * @param patience evaluations without an improvement after which to stop; 0 for never
   * @param checkpointSeconds between checkpoints
   * @param average the last evaluations' weights whose mean is the model; 1 for the last alone
   * @param labelSmoothing the part of each target's probability that all tokens share
   */
  public record Training(
      int steps,
      int batchTokens,
      int accumulate,
      int evaluateEvery,
      int sampleEvery,
      int patience,
      double checkpointSeconds,
      int average,
      double labelSmoothing)
      implements Pace.Loop {

    /** Steps alone decide. */
    @Override
    public double seconds() {
      return 0;
    }

    @Override
    public int batch() {
      return batchTokens;
    }
  }

  /**
   * How translations that are scored are found.
   *
   * @param beams how many texts are gone on with
   * @param lengthPenalty above 0, long translations gain
   */
  public record Search(int beams, double lengthPenalty) {}

  /** Whether a file is there and is such a recipe. */
  public static boolean describes(Path file) {
    return Files.isRegularFile(file)
        && RecipeFile.top(file, "task").equals(Task.translation.name());
  }

  /** Reads a YAML file; what it leaves out is as in {@link #DEFAULTS}. */
  public static TranslationRecipe read(Path file, List<String> overrides) {
    return RecipeFile.read(file, overrides, DEFAULTS, TranslationRules::check);
  }
}
