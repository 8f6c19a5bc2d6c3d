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
import inkstone.model.Encoder;
import inkstone.model.EncoderDirectory;
import inkstone.tensor.Device;
import inkstone.tensor.Engine;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.OptionalLong;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;

/**
 * Teaches an encoder by a recipe: from text alone, or by a task. A run is a folder, as that of
 * {@link Pretraining}.
 *
 * <pre>{@code
 * var recipe = EncoderRecipe.read(Path.of("recipes/sst2.yaml"), List.of());
 * var run = EncoderTraining.of(recipe).run(Path.of("runs/sst2"));
 * System.out.println(run.last(Judged.class).accuracy());
 * }</pre>
 *
 * @param recipe what to do
 * @param command what was typed, for the journal
 * @param resume go on with the run that is in the folder, by the recipe that is there
 * @param stop asked after each step; true ends the run with a checkpoint
 * @param listeners told of every event
 */
public record EncoderTraining(
    EncoderRecipe recipe,
    String command,
    boolean resume,
    BooleanSupplier stop,
    List<Consumer<Recorded>> listeners) {

  /** The part of the measured rate of products that training usually reaches. */
  private static final double USUAL_SHARE = 0.5;

  private static final double ROOF_SECONDS = 0.3;

  /** A new run of a recipe. */
  public static EncoderTraining of(EncoderRecipe recipe) {
    return new EncoderTraining(recipe, "EncoderTraining", false, () -> false, List.of());
  }

  /** Goes on with the run in the folder. */
  public static EncoderTraining resuming() {
    return new EncoderTraining(
        EncoderRecipe.DEFAULTS, "EncoderTraining", true, () -> false, List.of());
  }

  /** Told by a command line. */
  public EncoderTraining told(String typed, BooleanSupplier stopWhen, List<Consumer<Recorded>> to) {
    return new EncoderTraining(recipe, typed, resume, stopWhen, to);
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
    var frozen = resume ? EncoderRecipe.read(folder.recipe(), List.of()) : recipe;
    var decay = resume ? RunFolder.decayStart(out) : OptionalLong.empty();
    long start = System.nanoTime();
    try (var journal = Journal.open(out, listeners.toArray(new Consumer[0]))) {
      Consumer<Event> events = journal::emit;
      events.accept(
          new RunStarted(
              command,
              Version.NUMBER,
              frozen.seed(),
              Machine.here(Engine.version(), frozen.device()),
              RecipeFile.write(frozen)));
      var task = EncoderTask.of(frozen, events);
      var beginning = EncoderBeginning.of(frozen, task, out, events);
      try (var encoder = beginning.encoder().to(new Device(frozen.device()));
          var course = task.course(encoder, beginning.sequences())) {
        var config = encoder.config();
        events.accept(
            new NetworkBuilt(config.family().name().toLowerCase(Locale.ROOT), config.parameters()));
        double roof = roof(frozen, encoder);
        events.accept(planned(out, frozen, encoder, course, roof));
        if (!resume) {
          events.accept(folder.freeze(frozen));
        }
        var loop = new TrainingLoop(frozen, course, roof, out, decay, events);
        if (resume) {
          Checkpoint.last(out).ifPresent(loop::resume);
          events.accept(new Resumed(loop.progress().step()));
        }
        var end = loop.run(stop);
        if (end != TrainingLoop.End.INTERRUPTED) {
          EncoderDirectory.save(folder.model(), encoder);
          beginning.sequences().tokenizer().save(folder.model());
          course.finish(loop.progress());
        }
        events.accept(
            new Finished(
                loop.progress().step(),
                end.name().toLowerCase(Locale.ROOT).replace('_', ' '),
                (System.nanoTime() - start) / 1e9));
      }
    }
    return RunLog.read(out);
  }

  private static double roof(EncoderRecipe recipe, Encoder encoder) {
    var config = encoder.config();
    return MatmulRoof.rate(
        1024,
        config.width(),
        config.hidden(),
        Calibration.type(recipe.training().compute()),
        encoder.device(),
        ROOF_SECONDS);
  }

  /** What the progress bar counts towards: of a resumed run, what it was before. */
  private Planned planned(
      Path out, EncoderRecipe recipe, Encoder encoder, Course course, double roof) {
    if (resume) {
      var before = RunLog.read(out).find(Planned.class);
      if (before.isPresent()) {
        return before.get();
      }
    }
    var config = encoder.config();
    var training = recipe.training();
    long perStep = Math.round(training.batch() * training.accumulate() * course.tokensPerRow());
    long tokens = perStep * training.steps();
    double minutes = tokens * course.flopsPerToken() / (USUAL_SHARE * roof) / 60;
    return new Planned(
        training.seconds() > 0 ? training.seconds() / 60 : minutes,
        config.parameters(),
        config.layers(),
        config.width(),
        config.heads(),
        recipe.data().context(),
        config.vocabulary(),
        tokens,
        training.steps(),
        Math.toIntExact(perStep),
        minutes,
        training.seconds() > 0,
        "as the recipe says");
  }
}
