package inkstone.words;

import inkstone.journal.Finished;
import inkstone.journal.Journal;
import inkstone.journal.Machine;
import inkstone.journal.RecipeFrozen;
import inkstone.journal.Recorded;
import inkstone.journal.RunLog;
import inkstone.journal.RunStarted;
import inkstone.journal.Scored;
import inkstone.journal.Step;
import inkstone.journal.WordsPlanned;
import inkstone.words.WordsRecipe.Model;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;

/**
 * Learns word vectors by a recipe, in a folder that then holds {@code recipe.yaml}, {@code
 * run.jsonl} and {@code vectors.bin} or {@code vectors.txt}.
 *
 * <pre>{@code
 * WordsTraining.of(WordsRecipe.DEFAULTS).run(Path.of("runs/words"));
 * }</pre>
 *
 * @param form of the file with the vectors
 * @param tests scored at the end
 * @param command what was typed, for the journal
 * @param stop asked now and then; true ends the run with the vectors as they are
 * @param listeners told of every event
 */
public record WordsTraining(
    WordsRecipe recipe,
    Form form,
    List<WordTest> tests,
    String command,
    BooleanSupplier stop,
    List<Consumer<Recorded>> listeners) {

  private static final String VERSION = "0.1.0";

  /** The two files of word2vec. */
  public enum Form {
    /** {@code vectors.bin}, four bytes a number. */
    BINARY,
    /** {@code vectors.txt}, a word a line. */
    TEXT
  }

  /** A run of a recipe. */
  public static WordsTraining of(WordsRecipe recipe) {
    return new WordsTraining(
        recipe, Form.BINARY, List.of(), "WordsTraining", () -> false, List.of());
  }

  /** Judged at its end. */
  public WordsTraining judgedBy(List<WordTest> others) {
    return new WordsTraining(recipe, form, others, command, stop, listeners);
  }

  /** With vectors in another file. */
  public WordsTraining writing(Form other) {
    return new WordsTraining(recipe, other, tests, command, stop, listeners);
  }

  /** Told by a command line. */
  public WordsTraining told(
      String typed, BooleanSupplier stopWhen, List<Consumer<Recorded>> tellTo) {
    return new WordsTraining(recipe, form, tests, typed, stopWhen, tellTo);
  }

  /** Where the vectors of a run lie. */
  public Path vectors(Path run) {
    return run.resolve(form == Form.TEXT ? "vectors.txt" : "vectors.bin");
  }

  /**
   * Runs in a folder and gives what happened.
   *
   * @throws WordsException if the folder holds a run, or the recipe's text has too few words
   */
  @SuppressWarnings({"unchecked", "GenericArrayCreation"})
  public RunLog run(Path out) {
    if (Files.exists(out.resolve("recipe.yaml"))) {
      throw new WordsException(out + " holds a run already; choose another folder with --out");
    }
    long start = System.nanoTime();
    try (var journal = Journal.open(out, listeners.toArray(new Consumer[0]))) {
      journal.emit(
          new RunStarted(
              command,
              VERSION,
              recipe.seed(),
              Machine.here(
                  Kernel.vectors() ? "Vector API" : "plain Java (no jdk.incubator.vector)", "cpu"),
              recipe.yaml()));
      var material = Material.read(recipe, journal::emit);
      freeze(out);
      journal.emit(new RecipeFrozen(recipe.yaml()));
      var trainer = new WordsTrainer(recipe, material);
      journal.emit(plan(material, trainer.steps()));
      var pace = new Pace();
      boolean whole = trainer.run(progress -> journal.emit(pace.step(progress)), stop);
      var vectors = trainer.vectors();
      if (form == Form.TEXT) {
        vectors.saveText(vectors(out));
      } else {
        vectors.saveBinary(vectors(out));
      }
      if (whole) {
        tests.forEach(test -> journal.emit(scored(pace.step, test.score(vectors))));
      }
      journal.emit(
          new Finished(
              pace.step, whole ? "done" : "interrupted", (System.nanoTime() - start) / 1e9));
    }
    return RunLog.read(out);
  }

  private void freeze(Path out) {
    var file = out.resolve("recipe.yaml");
    try {
      Files.writeString(file, recipe.yaml());
    } catch (IOException e) {
      throw new WordsException(file + " cannot be written: " + e, e);
    }
  }

  private WordsPlanned plan(Material material, long steps) {
    var model = recipe.model();
    return new WordsPlanned(
        model.kind()
            + ", "
            + (model.loss() == Model.Loss.NEGATIVE
                ? model.negatives() + " negative samples"
                : "hierarchical softmax"),
        material.vocabulary().size(),
        model.dimensions(),
        material.vocabulary().total(),
        recipe.training().epochs(),
        recipe.threadsHere(),
        steps);
  }

  /** The event of a score. */
  public static Scored scored(long step, TestScore score) {
    return new Scored(
        step,
        score.test(),
        score.kind() == TestKind.SIMILARITY ? "spearman" : "accuracy",
        score.score(),
        score.covered(),
        score.questions());
  }

  /** Turns how far a training has come into how fast it is. */
  private static final class Pace {
    private long step;
    private long words;
    private double seconds;
    private double loss = Double.NaN;

    Step step(WordsTrainer.Progress now) {
      double speed = (now.words() - words) / Math.max(1e-9, now.seconds() - seconds);
      step = now.parts();
      words = now.words();
      seconds = now.seconds();
      loss = Double.isNaN(now.loss()) ? loss : now.loss();
      return new Step(step, words, loss, now.rate(), 0, speed, 0);
    }
  }
}
