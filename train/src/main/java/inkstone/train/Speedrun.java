package inkstone.train;

import inkstone.data.Split;
import inkstone.evaluate.Baseline;
import inkstone.evaluate.KneserNey;
import inkstone.evaluate.Xz;
import inkstone.journal.BaselineMeasured;
import inkstone.journal.Event;
import inkstone.journal.Journal;
import inkstone.journal.Machine;
import inkstone.journal.NetworkBuilt;
import inkstone.journal.Recorded;
import inkstone.journal.RunLog;
import inkstone.journal.RunStarted;
import inkstone.tensor.Engine;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.OptionalLong;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;

/**
 * From a folder of text to a model that writes, in a number of minutes: measures the machine,
 * learns a tokenizer, plans, trains, evaluates beside baselines and writes samples.
 *
 * @param corpus folders and files; empty for WordNet
 * @param minutes for everything, from {@code began} on
 * @param seed of every random choice
 * @param began when the clock started
 * @param command what was typed, for the journal
 * @param stop asked after each step; true ends the run with a checkpoint
 * @param listeners told of every event
 */
public record Speedrun(
    List<String> corpus,
    double minutes,
    long seed,
    Instant began,
    String command,
    BooleanSupplier stop,
    List<Consumer<Recorded>> listeners) {

  /** Text for the baselines; more would take them longer than the training. */
  private static final int BASELINE_BYTES = 32 << 20;

  /** Held-out text to score for each minute. */
  private static final int HELD_OUT_BYTES = 128 << 10;

  /** Checks the dial. */
  public Speedrun {
    if (!(minutes >= 0.5 && minutes <= 24 * 60)) {
      throw new TrainingException("--minutes " + minutes + " is not in 0.5 to 1440");
    }
  }

  /** A run that begins now. */
  public static Speedrun of(List<String> corpus, double minutes, long seed) {
    return new Speedrun(corpus, minutes, seed, Instant.now(), "Speedrun", () -> false, List.of());
  }

  /** Runs in a folder that holds no run yet. */
  @SuppressWarnings({"unchecked", "GenericArrayCreation"})
  public RunLog run(Path out) {
    var folder = RunFolder.open(out, false);
    try (var journal = Journal.open(out, listeners.toArray(new Consumer[0]))) {
      begin(journal::emit, "");
      var draft = draft();
      Material.corpus(draft); // a path that is not there is told of at once
      var reference = Plan.of(draft, 2048, 5e10, 60 * minutes, 10_000_000).recipe();
      var machine = Calibration.of(reference, Networks.config(reference, 2048));
      draft = draft.computing(machine.compute()).budget(budget(machine));
      var split = Material.split(draft, Material.corpus(draft), journal::emit);
      long bytes = split.survey().bytes();
      draft = draft.vocabulary(Plan.vocabulary(bytes, operations(machine)));
      try (var material = Material.prepare(draft, split, out, journal::emit)) {
        material.batches(draft); // Text shorter than a row is told of before the recipe is frozen.
        baselines(split, material, journal::emit);
        var plan = plan(draft, material, machine, journal::emit);
        var config = Networks.config(plan.recipe(), material.tokenizer().vocabularySize());
        journal.emit(plan.event(minutes, config));
        journal.emit(new NetworkBuilt(config.family().name(), config.parameters()));
        journal.emit(folder.freeze(plan.recipe()));
        new Pretraining.Training(
                plan.recipe(), material, machine.matmulRoof(), OptionalLong.empty())
            .run(out, false, stop, journal::emit, startNanos());
      }
    }
    return RunLog.read(out);
  }

  /** Goes on with the run in a folder, for the time that it has left. */
  public RunLog resume(Path out) {
    return Pretraining.of(Recipe.DEFAULTS).resuming().told(command, stop, listeners).run(out);
  }

  private void begin(Consumer<Event> events, String recipe) {
    events.accept(
        new RunStarted(
            command, Version.NUMBER, seed, Machine.here(Engine.version(), "cpu"), recipe));
  }

  private Recipe draft() {
    var base = Recipe.DEFAULTS;
    int heldOut = (int) Math.min(2 << 20, HELD_OUT_BYTES * Math.max(1, minutes));
    var data = new Recipe.Data(Recipe.Data.Split.document, Recipe.Data.Order.epoch, 0, heldOut);
    return new Recipe(
        seed,
        base.device(),
        corpus,
        base.tokenizer(),
        data,
        base.model(),
        base.optimizer(),
        base.schedule(),
        base.training());
  }

  /** Text for one reading of all tokens that the smallest sensible network could see. */
  private long budget(Calibration machine) {
    double parameters = Math.sqrt(operations(machine) / 120);
    return (long) Math.max(4 << 20, 8 * operations(machine) / (6 * parameters));
  }

  private double operations(Calibration machine) {
    return machine.flopsPerSecond() * minutes * 60;
  }

  /** Plans, and times the planned network itself. */
  private Plan plan(Recipe draft, Material material, Calibration machine, Consumer<Event> events) {
    int vocabulary = material.tokenizer().vocabularySize();
    long unique = material.tokens().size();
    double seconds = secondsLeft();
    var rough = Plan.of(draft, vocabulary, machine.flopsPerSecond(), 0.9 * seconds, unique);
    var measured = Calibration.of(rough.recipe(), Networks.config(rough.recipe(), vocabulary));
    events.accept(measured.after(machine).event());
    long evaluation = (long) (DecoderCourse.EVALUATION_SHARE * material.heldOutIds().length);
    double rest = 4 + 0.01 * 60 * minutes;
    double left = Math.max(5, secondsLeft() - rest);
    return rough.timed(measured.tokensPerSecond(), left, evaluation);
  }

  private double secondsLeft() {
    return 60 * minutes - Duration.between(began, Instant.now()).toMillis() / 1e3;
  }

  private long startNanos() {
    return System.nanoTime() - Duration.between(began, Instant.now()).toNanos();
  }

  private static void baselines(Split split, Material material, Consumer<Event> events) {
    var training = Material.bytes(split.training(), BASELINE_BYTES);
    for (Baseline baseline : List.of(new Xz(), new KneserNey())) {
      long start = System.nanoTime();
      double bits = baseline.bitsPerByte(training, material.heldOut());
      events.accept(
          new BaselineMeasured(
              baseline.name(), bits, material.heldOut().length, (System.nanoTime() - start) / 1e9));
    }
  }
}
