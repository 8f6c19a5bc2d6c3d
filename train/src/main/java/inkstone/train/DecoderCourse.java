package inkstone.train;

import inkstone.data.Batches;
import inkstone.data.DataPosition;
import inkstone.evaluate.HeldOutLoss;
import inkstone.generate.GenerationDefaults;
import inkstone.generate.GenerationRequest;
import inkstone.generate.LanguageModel;
import inkstone.journal.Evaluated;
import inkstone.journal.Event;
import inkstone.journal.Sampled;
import inkstone.model.Decoder;
import inkstone.tensor.Tensor;
import java.util.Arrays;
import java.util.SequencedMap;
import java.util.function.Consumer;

/** A decoder learns to predict the next token. */
final class DecoderCourse implements Course {

  /** To score a token, with half a window before it, takes this part of learning from one. */
  static final double EVALUATION_SHARE = 0.8;

  private static final String HELD_OUT = "held_out";

  private final Recipe recipe;
  private final Material material;
  private final Decoder decoder;
  private final Trainer trainer;
  private final Batches batches;
  private final Consumer<Event> events;

  DecoderCourse(
      Recipe recipe, Material material, Decoder decoder, Trainer trainer, Consumer<Event> events) {
    this.recipe = recipe;
    this.material = material;
    this.decoder = decoder;
    this.trainer = trainer;
    this.events = events;
    batches = material.batches(recipe);
  }

  @Override
  public SequencedMap<String, Tensor> parameters() {
    return decoder.parameters();
  }

  @Override
  public Steps steps() {
    return trainer.steps();
  }

  @Override
  public Lesson teach(DataPosition position, int rows) {
    var batch = batches.at(position, rows);
    return new Lesson(trainer.accumulate(batch), batch.inputs().length, position.after(batch));
  }

  @Override
  public double tokensPerRow() {
    return decoder.config().context();
  }

  @Override
  public double flopsPerToken() {
    return decoder.config().trainingFlopsPerToken(decoder.config().context());
  }

  @Override
  public boolean keepsBest() {
    return false;
  }

  @Override
  public double evaluationTokens() {
    return EVALUATION_SHARE * material.heldOutIds().length;
  }

  /** Scores the first part of the held-out text. */
  @Override
  public double evaluate(Progress progress) {
    long start = System.nanoTime();
    var ids = material.heldOutIds();
    var some = Arrays.copyOf(ids, Math.min(ids.length, recipe.training().evaluateTokens() + 1));
    var loss = HeldOutLoss.of(trainer.computing(), some, decoder.config().context());
    long bytes = Math.round((double) material.heldOut().length * loss.tokens() / (ids.length - 1));
    events.accept(
        new Evaluated(
            progress.step(),
            HELD_OUT,
            loss.perToken(),
            loss.bitsPerByte(bytes),
            bytes,
            seconds(start)));
    return loss.perToken();
  }

  /** Scores all held-out text, and writes three texts. */
  @Override
  public void finish(Progress progress) {
    scoreAll(progress);
    for (int i = 0; i < 3; i++) {
      sample(progress, 200, i);
    }
  }

  /** With half a context before each token where there is one. */
  private void scoreAll(Progress progress) {
    long start = System.nanoTime();
    int stride = Math.max(1, decoder.config().context() / 2);
    var loss = HeldOutLoss.of(trainer.computing(), material.heldOutIds(), stride);
    events.accept(
        new Evaluated(
            progress.step(),
            HELD_OUT,
            loss.perToken(),
            loss.bitsPerByte(material.heldOut().length),
            material.heldOut().length,
            seconds(start)));
  }

  private static double seconds(long start) {
    return (System.nanoTime() - start) / 1e9;
  }

  @Override
  public void sample(Progress progress) {
    sample(progress, 120, 0);
  }

  /** Lets the model write from nothing. */
  private void sample(Progress progress, int tokens, int number) {
    // Not closed: the network stays the run's.
    var model =
        LanguageModel.of(
            decoder, material.tokenizer(), GenerationDefaults.documents(material.endOfText()));
    var request =
        GenerationRequest.of("")
            .temperature(0.8)
            .topP(0.95)
            .maxTokens(Math.min(tokens, decoder.config().context() - 1))
            .seed(recipe.seed() + progress.step() + number);
    try (var pieces = model.generate(request)) {
      pieces.forEach(piece -> {});
      events.accept(new Sampled(progress.step(), "", pieces.completion().text()));
    }
  }

  @Override
  public void close() {
    trainer.close();
  }
}
