package inkstone.train;

import java.nio.file.Path;
import java.util.List;

/**
 * All that decides how an encoder learns: from text alone, or by a task. Every component is a key
 * of the YAML file and the other way round; {@code recipes/} has commented examples.
 *
 * @param seed of initial weights, order of data, masks and dropout
 * @param device {@code cpu}, {@code cuda} or {@code cuda:N}
 * @param task what is learned
 * @param from the directory of the encoder to begin with; empty for random weights and a vocabulary
 *     learned from the training text
 */
public record EncoderRecipe(
    long seed,
    String device,
    Task task,
    String from,
    Data data,
    Masking masking,
    Model model,
    Recipe.Optimizer optimizer,
    Recipe.Schedule schedule,
    Recipe.Training training)
    implements Pace {

  /** What a file that is empty means. */
  public static final EncoderRecipe DEFAULTS =
      new EncoderRecipe(
          1,
          "cpu",
          Task.classification,
          "",
          new Data(List.of(), List.of(), List.of(), 0.1, 0, 1, "", "", "", 128, true),
          new Masking(0.15, false),
          new Model(4, 4, 128, 0, 8192, 0.1),
          new Recipe.Optimizer(Recipe.Optimizer.Kind.adamw, 5e-5, 0.9, 0.999, 1e-8, 0.01, 1, 0.95),
          new Recipe.Schedule(Recipe.Schedule.Kind.wsd, 100, 0.9, 0),
          new Recipe.Training(
              2000, 0, 32, 1, Recipe.Training.Compute.fp32, 200, 32768, 0, 0, 60, false, 0, 0));

  /** What is learned. */
  public enum Task {
    masked_language,
    classification,
    token_labels
  }

  /**
   * The texts.
   *
   * @param training files to learn from: .csv, .tsv, .jsonl, and .txt without labels; .jsonl and
   *     .conll where words have labels
   * @param validation files to choose by; empty for a part of the training files
   * @param test files to judge by in the end; empty for a part of the training files, or none
   * @param validationShare the part of what is left for training, where there are no such files
   * @param testShare the part of the training files, where there are no such files; 0 for none
   * @param splitSeed which examples those are
   * @param text the column with the text; empty for the usual names
   * @param pair the column with a second text; empty for none
   * @param label the column with the label; empty for the usual names
   * @param context the longest sequence in tokens; what is longer is cut
   * @param baseline whether TF-IDF and logistic regression are judged beside a classifier
   */
  public record Data(
      List<String> training,
      List<String> validation,
      List<String> test,
      double validationShare,
      double testShare,
      long splitSeed,
      String text,
      String pair,
      String label,
      int context,
      boolean baseline) {}

  /**
   * What is hidden from an encoder that learns from text alone.
   *
   * @param share of the tokens
   * @param wholeWords whether the pieces of a word are hidden together
   */
  public record Masking(double share, boolean wholeWords) {}

  /**
   * The network; where it begins with a directory, all but the dropout is that one's.
   *
   * @param hidden width of the feed-forward layers; 0 for four times the width
   * @param vocabulary the most tokens to learn, special ones included
   * @param dropout probability of dropping an activation
   */
  public record Model(
      int layers, int heads, int width, int hidden, int vocabulary, double dropout) {}

  /** Reads a YAML file; what it leaves out is as in {@link #DEFAULTS}. */
  public static EncoderRecipe read(Path file, List<String> overrides) {
    return RecipeFile.read(file, overrides, DEFAULTS, EncoderRules::check);
  }

  /** The defaults with some keys set, each as {@code a.b=c}. */
  public static EncoderRecipe of(List<String> overrides) {
    return RecipeFile.parse("the recipe", "", overrides, DEFAULTS, EncoderRules::check);
  }

  /** Whether a file is such a recipe: it has a {@code task}, and not that of translation. */
  public static boolean isOne(Path file) {
    return RecipeFile.has(file, "task") && !TranslationRecipe.describes(file);
  }
}
