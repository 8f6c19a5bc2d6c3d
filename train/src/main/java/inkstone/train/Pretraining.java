package inkstone.train;

import inkstone.journal.Event;
import inkstone.journal.Finished;
import inkstone.journal.Journal;
import inkstone.journal.Machine;
import inkstone.journal.NetworkBuilt;
import inkstone.journal.Planned;
import inkstone.journal.Recorded;
import inkstone.journal.Resumed;
import inkstone.journal.RunLog;
import inkstone.journal.RunStarted;
import inkstone.model.Decoder;
import inkstone.model.DecoderConfig;
import inkstone.model.ModelDirectory;
import inkstone.tensor.Device;
import inkstone.tensor.Engine;
import java.nio.file.Path;
import java.util.List;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;

/**
 * Pre-trains a decoder by a recipe: corpus, tokenizer, token shards, training, evaluation, model.
 *
 * <pre>{@code
 * var run = Pretraining.of(Recipe.read(Path.of("recipes/tiny.yaml"))).run(Path.of("runs/first"));
 * System.out.println(run.last(Evaluated.class).bitsPerByte());
 * }</pre>
 *
 * @param recipe what to do
 * @param command what was typed, for the journal
 * @param resume go on with the run that is in the folder, by the recipe that is there
 * @param decayStart the step where a wsd schedule's decay begins, where it is to be as in an
 *     earlier run
 * @param stop asked after each step; true ends the run with a checkpoint
 * @param listeners told of every event
 */
public record Pretraining(
    Recipe recipe,
    String command,
    boolean resume,
    OptionalLong decayStart,
    BooleanSupplier stop,
    List<Consumer<Recorded>> listeners) {

  /** A new run of a recipe. */
  public static Pretraining of(Recipe recipe) {
    return new Pretraining(
        recipe, "Pretraining", false, OptionalLong.empty(), () -> false, List.of());
  }

  /**
   * A new run by a recipe's file. Beside the recipe of an earlier run lies that run's journal:
   * where its decay began, this one's begins.
   */
  public static Pretraining by(Path recipe, List<String> overrides) {
    var read = Recipe.read(recipe, overrides.toArray(String[]::new));
    var folder = java.util.Objects.requireNonNull(recipe.toAbsolutePath().getParent());
    return of(read).decayingFrom(RunFolder.decayStart(folder));
  }

  /** Goes on with the run in the folder. */
  public Pretraining resuming() {
    return new Pretraining(recipe, command, true, decayStart, stop, listeners);
  }

  /** With a decay that begins at a step of the caller's choice. */
  public Pretraining decayingFrom(OptionalLong step) {
    return new Pretraining(recipe, command, resume, step, stop, listeners);
  }

  /** Told by a command line. */
  public Pretraining told(String typed, BooleanSupplier stopWhen, List<Consumer<Recorded>> to) {
    return new Pretraining(recipe, typed, resume, decayStart, stopWhen, to);
  }

  /**
   * Runs in a folder and gives what happened.
   *
   * @throws TrainingException if the folder holds a run and this does not resume it, or the other
   *     way round
   */
  @SuppressWarnings({"unchecked", "GenericArrayCreation"})
  public RunLog run(Path out) {
    var folder = RunFolder.open(out, resume);
    var frozen = resume ? Recipe.read(folder.recipe()) : recipe;
    var known = resume ? RunFolder.decayStart(out) : decayStart;
    long start = System.nanoTime();
    try (var journal = Journal.open(out, listeners.toArray(new Consumer[0]))) {
      journal.emit(
          new RunStarted(
              command,
              Version.NUMBER,
              frozen.seed(),
              Machine.here(Engine.version(), frozen.device()),
              RecipeFile.write(frozen)));
      var split = Material.split(frozen, Material.corpus(frozen), journal::emit);
      try (var material = Material.prepare(frozen, split, out, journal::emit)) {
        material.batches(frozen); // Text shorter than a row is told of before the recipe is frozen.
        var config = Networks.config(frozen, material.tokenizer().vocabularySize());
        journal.emit(new NetworkBuilt(config.family().name(), config.parameters()));
        var calibration = Calibration.of(frozen, config);
        journal.emit(calibration.event());
        journal.emit(plan(out, frozen, config, calibration));
        var settled = resume ? frozen : frozen.computing(calibration.compute());
        if (!resume) {
          journal.emit(folder.freeze(settled));
        }
        var training = new Training(settled, material, calibration.matmulRoof(), known);
        training.run(out, resume, stop, journal::emit, start);
      }
    }
    return RunLog.read(out);
  }

  /** What the progress bar counts towards: of a resumed run, what it was before. */
  private Planned plan(Path out, Recipe recipe, DecoderConfig config, Calibration calibration) {
    if (resume) {
      var before = RunLog.read(out).find(Planned.class);
      if (before.isPresent()) {
        return before.get();
      }
    }
    var training = recipe.training();
    int perStep = training.batch() * training.accumulate() * config.context();
    long tokens = (long) perStep * training.steps();
    double minutes = tokens / calibration.tokensPerSecond() / 60;
    return new Planned(
        minutes,
        config.parameters(),
        config.layers(),
        config.width(),
        config.heads(),
        config.context(),
        config.vocabulary(),
        tokens,
        training.steps(),
        perStep,
        minutes,
        false,
        "as the recipe says");
  }

  /** The part of a run that begins when recipe, material and machine are known. */
  record Training(Recipe recipe, Material material, double roof, OptionalLong decayStart) {

    void run(Path out, boolean resume, BooleanSupplier stop, Consumer<Event> events, long start) {
      var config = Networks.config(recipe, material.tokenizer().vocabularySize());
      try (var decoder = onDevice(Networks.random(config, recipe));
          var trainer =
              new Trainer(decoder, recipe, Calibration.type(recipe.training().compute()))) {
        var learner = new DecoderLearner(recipe, material, decoder, trainer);
        var loop = new TrainingLoop(recipe, learner, roof, out, decayStart, events);
        if (resume) {
          Checkpoint.last(out).ifPresent(loop::resume);
          events.accept(new Resumed(loop.progress().step()));
        }
        var end = loop.run(stop);
        if (end != TrainingLoop.End.INTERRUPTED) {
          ModelDirectory.save(out.resolve("model"), decoder, OptionalInt.of(material.endOfText()));
          loop.finalEvaluation();
          for (int i = 0; i < 3; i++) {
            loop.sample(200, i);
          }
        }
        events.accept(
            new Finished(
                loop.progress().step(),
                end.name().toLowerCase(java.util.Locale.ROOT).replace('_', ' '),
                (System.nanoTime() - start) / 1e9));
      }
    }

    private Decoder onDevice(Decoder decoder) {
      return decoder.to(new Device(recipe.device()));
    }
  }
}
