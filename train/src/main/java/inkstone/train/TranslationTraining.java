package inkstone.train;

import inkstone.journal.Calibrated;
import inkstone.journal.Event;
import inkstone.journal.Finished;
import inkstone.journal.Journal;
import inkstone.journal.Machine;
import inkstone.journal.NetworkBuilt;
import inkstone.journal.Noted;
import inkstone.journal.Planned;
import inkstone.journal.Recorded;
import inkstone.journal.Resumed;
import inkstone.journal.RunLog;
import inkstone.journal.RunStarted;
import inkstone.model.seq2seq.MarianDirectory;
import inkstone.model.seq2seq.Seq2Seq;
import inkstone.model.seq2seq.Seq2SeqConfig;
import inkstone.tensor.DType;
import inkstone.tensor.Device;
import inkstone.tensor.Engine;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.OptionalLong;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;

/**
 * Trains a translation model by a recipe: pairs, tokenizer, training, the mean of the last
 * evaluations' weights, scores, model. The loop is that of {@link Pretraining}.
 *
 * @param recipe what to do
 * @param command what was typed, for the journal
 * @param resume go on with the run that is in the folder, by the recipe that is there
 * @param stop asked after each step; true ends the run with a checkpoint
 * @param listeners told of every event
 */
public record TranslationTraining(
    TranslationRecipe recipe,
    String command,
    boolean resume,
    BooleanSupplier stop,
    List<Consumer<Recorded>> listeners) {

  private static final double ROOF_SECONDS = 0.15;

  /** A new run of a recipe. */
  public static TranslationTraining of(TranslationRecipe recipe) {
    return new TranslationTraining(recipe, "TranslationTraining", false, () -> false, List.of());
  }

  /** Goes on with the run in the folder. */
  public static TranslationTraining resuming() {
    return new TranslationTraining(
        TranslationRecipe.DEFAULTS, "TranslationTraining", true, () -> false, List.of());
  }

  /** Told by a command line. */
  public TranslationTraining told(
      String typed, BooleanSupplier stopWhen, List<Consumer<Recorded>> to) {
    return new TranslationTraining(recipe, typed, resume, stopWhen, to);
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
    var frozen = resume ? TranslationRecipe.read(folder.recipe(), List.of()) : recipe;
    long start = System.nanoTime();
    try (var journal = Journal.open(out, listeners.toArray(new Consumer[0]))) {
      journal.emit(
          new RunStarted(
              command,
              Version.NUMBER,
              frozen.seed(),
              Machine.here(Engine.version(), frozen.device()),
              RecipeFile.write(frozen)));
      var material = TranslationMaterial.prepare(frozen, out, journal::emit);
      var config = config(frozen, material);
      journal.emit(new NetworkBuilt("marian", config.parameters()));
      var device = new Device(frozen.device());
      double roof = MatmulRoof.rate(1024, 1024, 1024, DType.FLOAT32, device, ROOF_SECONDS);
      journal.emit(new Calibrated("fp32", 0, roof, 0, Map.of()));
      journal.emit(plan(frozen, config));
      if (!resume) {
        journal.emit(folder.freeze(frozen));
      }
      train(frozen, material, config, roof, out, journal::emit, start);
    }
    return RunLog.read(out);
  }

  static Seq2SeqConfig config(TranslationRecipe recipe, TranslationMaterial material) {
    var model = recipe.model();
    return Seq2SeqConfig.of(
            material.tokenizer().vocabularySize(),
            model.positions(),
            model.width(),
            model.layers(),
            model.heads(),
            model.hidden(),
            material.ids())
        .norms(
            switch (model.norms()) {
              case post -> Seq2SeqConfig.Norms.POST;
              case pre -> Seq2SeqConfig.Norms.PRE;
            });
  }

  private static Planned plan(TranslationRecipe recipe, Seq2SeqConfig config) {
    var training = recipe.training();
    int perStep = training.batchTokens() * training.accumulate();
    return new Planned(
        0,
        config.parameters(),
        config.encoder().layers() + config.decoder().layers(),
        config.width(),
        config.encoder().heads(),
        config.positions(),
        config.vocabulary(),
        (long) perStep * training.steps(),
        training.steps(),
        perStep,
        0,
        false,
        "as the recipe says");
  }

  private void train(
      TranslationRecipe frozen,
      TranslationMaterial material,
      Seq2SeqConfig config,
      double roof,
      Path out,
      Consumer<Event> events,
      long start) {
    var averages = Averages.of(out, frozen.training().average());
    try (var network = Seq2Seq.random(config, frozen.seed()).to(new Device(frozen.device()));
        var course = new TranslationCourse(frozen, material, network, averages, events)) {
      var loop = new TrainingLoop(frozen, course, roof, out, OptionalLong.empty(), events);
      if (resume) {
        Checkpoint.last(out).ifPresent(loop::resume);
        events.accept(new Resumed(loop.progress().step()));
      }
      var end = loop.run(stop);
      if (end != TrainingLoop.End.INTERRUPTED) {
        int count = averages.apply(network.parameters());
        if (count > 1) {
          events.accept(Noted.info("the model is the mean of the last " + count + " evaluations'"));
        }
        MarianDirectory.save(out.resolve("model"), network);
        course.finish(loop.progress());
      }
      events.accept(
          new Finished(
              loop.progress().step(),
              end.name().toLowerCase(Locale.ROOT).replace('_', ' '),
              (System.nanoTime() - start) / 1e9));
    }
  }
}
