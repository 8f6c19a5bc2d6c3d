package inkstone.train;

import inkstone.journal.CheckpointSaved;
import inkstone.journal.DecayStarted;
import inkstone.journal.Evaluated;
import inkstone.journal.Event;
import inkstone.journal.Step;
import inkstone.tensor.Safetensors;
import inkstone.tensor.Scope;
import inkstone.tensor.Tensor;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.OptionalLong;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;

/** The steps of a run: learn, evaluate, write samples, keep checkpoints. */
final class TrainingLoop {

  /** A checkpoint may take this part of the time, and comes as often as that allows. */
  private static final double CHECKPOINT_SHARE = 0.015;

  /** To score a token, with half a window before it, takes this part of learning from one. */
  static final double EVALUATION_SHARE = 0.8;

  /**
   * A machine that has become slow does not finish its decay: the run ends so many seconds after
   * 1.1 of its time.
   */
  private static final double PATIENCE = 5;

  /** The part of a timed run that its last evaluation may claim. */
  static final double MOST_EVALUATION = 0.1;

  private static final int MOST_STEP_EVENTS = 4000;

  private final Recipe recipe;
  private final Learner learner;
  private final WeightSteps steps;
  private final double roof;
  private final Path run;
  private final Consumer<Event> events;
  private final OptionalLong knownDecay;
  private LearningRate rate;
  private Progress progress = Progress.START;
  private double checkpointSeconds;

  /** How a loop ended. */
  enum End {
    DONE,
    EARLY_STOP,
    INTERRUPTED,
    OUT_OF_TIME
  }

  /**
   * @param recipe whose seed, optimizer, schedule and training count here
   */
  TrainingLoop(
      Recipe recipe,
      Learner learner,
      double roof,
      Path run,
      OptionalLong knownDecay,
      Consumer<Event> events) {
    this.recipe = recipe;
    this.learner = learner;
    this.roof = roof;
    this.run = run;
    this.events = events;
    this.knownDecay = knownDecay;
    steps = learner.steps();
    rate = LearningRate.of(recipe);
  }

  /** Takes up weights, moments and progress where a checkpoint left them. */
  void resume(Path checkpoint) {
    progress = Checkpoint.load(checkpoint, steps.parameters(), steps.optimizer());
    if (progress.decayStart() > 0) {
      rate = rate.decayingFrom(progress.decayStart());
    }
  }

  Progress progress() {
    return progress;
  }

  /** Trains until the schedule ends, there is no more improvement, or {@code stop} says so. */
  End run(BooleanSupplier stop) {
    long start = System.nanoTime() - (long) (progress.seconds() * 1e9);
    double lastCheckpoint = progress.seconds();
    var settings = recipe.training();
    long every = Math.max(1, Math.ceilDiv(settings.steps(), MOST_STEP_EVENTS));
    if (decays() && knownDecay.isPresent()) {
      rate = rate.decayingFrom(knownDecay.getAsLong());
    }
    while (progress.step() < rate.steps()) {
      beginDecayWhenItIsTime();
      step(start, every);
      double now = progress.seconds();
      long step = progress.step();
      if (due(step, settings.evaluateEvery()) && evaluate()) {
        restoreBest();
        return End.EARLY_STOP;
      }
      if (due(step, settings.sampleEvery())) {
        sample(120, 0);
      }
      boolean stopped = stop.getAsBoolean();
      boolean time = now - lastCheckpoint >= checkpointInterval();
      if (stopped || (time && step < rate.steps())) {
        checkpoint();
        lastCheckpoint = now;
      }
      if (stopped) {
        return End.INTERRUPTED;
      }
      if (isTimed() && knownDecay.isEmpty() && now > PATIENCE + 1.1 * settings.seconds()) {
        checkpoint();
        return step < rate.steps() ? End.OUT_OF_TIME : End.DONE;
      }
      progress = progress.at(seconds(start));
    }
    checkpoint();
    return End.DONE;
  }

  private boolean isTimed() {
    return decays() && recipe.training().seconds() > 0;
  }

  private boolean decays() {
    return recipe.schedule().kind() == Recipe.Schedule.Kind.wsd;
  }

  private void beginDecayWhenItIsTime() {
    if (!decays() || progress.decayStart() > 0) {
      return;
    }
    // In a run by the clock, time decides where no earlier run has decided; the steps are a bound.
    // What is left is reckoned from the rate so far, which a busy hour can spoil: hence the bound.
    double all = recipe.training().seconds();
    double learning = all - Math.min(evaluationSeconds(), MOST_EVALUATION * all);
    double before = (1 - recipe.schedule().decay()) * learning;
    boolean time =
        isTimed() && knownDecay.isEmpty() && progress.step() >= 1 && progress.seconds() >= before;
    if (time || progress.step() + 1 >= rate.decayStart()) {
      progress = progress.decaying();
      rate = rate.decayingFrom(progress.decayStart());
      events.accept(new DecayStarted(progress.decayStart()));
    }
  }

  /** What the last evaluation will take, as fast as the run is so far. */
  private double evaluationSeconds() {
    double each = progress.seconds() / Math.max(1, progress.tokens());
    return EVALUATION_SHARE * each * learner.heldOutTokens();
  }

  private void step(long start, long every) {
    long begun = System.nanoTime();
    long step = progress.step() + 1;
    double loss = 0;
    long tokens = 0;
    var position = progress.position();
    int times = recipe.training().accumulate();
    for (int i = 0; i < times; i++) {
      var learned = learner.learn(position);
      loss += learned.loss() / times;
      tokens += learned.tokens();
      position = learned.after();
    }
    if (!Double.isFinite(loss)) {
      throw new TrainingException(
          "step %d: the loss is %s; a lower optimizer.learning_rate or compute: fp32 helps"
              .formatted(step, loss));
    }
    steps.reduce();
    double norm = steps.clip(recipe.optimizer().clip());
    double learningRate = rate.at(step);
    steps.step(learningRate);
    progress = progress.stepped(tokens, position, seconds(start));
    if (step % every == 0 || step == 1 || step == rate.steps()) {
      double perSecond = tokens / ((System.nanoTime() - begun) / 1e9);
      events.accept(
          new Step(
              step,
              progress.tokens(),
              loss,
              learningRate,
              norm,
              perSecond,
              perSecond * learner.flopsPerToken() / roof));
    }
  }

  private static double seconds(long start) {
    return (System.nanoTime() - start) / 1e9;
  }

  private static boolean due(long step, int every) {
    return every > 0 && step % every == 0;
  }

  /** As often as the recipe says, and rarer where the disk is slow. */
  private double checkpointInterval() {
    double wanted = recipe.training().checkpointSeconds();
    if (isTimed()) {
      wanted = Math.min(wanted, Math.max(5, 0.05 * recipe.training().seconds()));
    }
    return Math.max(wanted, checkpointSeconds / CHECKPOINT_SHARE);
  }

  void checkpoint() {
    long start = System.nanoTime();
    var folder = Checkpoint.save(run, progress, steps.parameters(), steps.optimizer());
    checkpointSeconds = seconds(start);
    events.accept(
        new CheckpointSaved(progress.step(), run.relativize(folder).toString(), checkpointSeconds));
  }

  /** Scores some of the held-out text; true where patience is at its end. */
  private boolean evaluate() {
    var evaluated = learner.evaluate(progress.step());
    events.accept(evaluated);
    progress = progress.evaluated(evaluated.loss());
    int patience = recipe.training().patience();
    if (patience > 0 && progress.sinceBest() == 0) {
      Scope.run(() -> Safetensors.write(best(), detached(), Map.of()));
    }
    return patience > 0 && progress.sinceBest() >= patience;
  }

  private Path best() {
    return run.resolve("best.safetensors");
  }

  private Map<String, Tensor> detached() {
    var weights = new LinkedHashMap<String, Tensor>();
    steps.parameters().forEach((name, weight) -> weights.put(name, weight.detach()));
    return weights;
  }

  private void restoreBest() {
    if (Files.exists(best())) {
      try (var scope = Scope.open()) {
        var weights = Safetensors.read(best());
        detached()
            .forEach(
                (name, w) -> w.copyInPlace(java.util.Objects.requireNonNull(weights.get(name))));
      }
    }
  }

  /** Scores all held-out text. */
  void finalEvaluation() {
    events.accept(learner.evaluateAll(progress.step()));
  }

  /** Lets the model write. */
  void sample(int tokens, int number) {
    events.accept(learner.sample(progress.step(), tokens, number));
  }
}
