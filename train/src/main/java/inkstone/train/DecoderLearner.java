package inkstone.train;

import inkstone.data.Batches;
import inkstone.data.DataPosition;
import inkstone.evaluate.HeldOutLoss;
import inkstone.generate.GenerationDefaults;
import inkstone.generate.GenerationRequest;
import inkstone.generate.LanguageModel;
import inkstone.journal.Evaluated;
import inkstone.journal.Sampled;
import inkstone.model.Decoder;
import java.util.Arrays;

/** A decoder that learns to go on with text. */
final class DecoderLearner implements Learner {

  private static final String HELD_OUT = "held_out";

  private final Recipe recipe;
  private final Material material;
  private final Decoder decoder;
  private final Trainer trainer;
  private final Batches batches;

  DecoderLearner(Recipe recipe, Material material, Decoder decoder, Trainer trainer) {
    this.recipe = recipe;
    this.material = material;
    this.decoder = decoder;
    this.trainer = trainer;
    batches = material.batches(recipe);
  }

  @Override
  public WeightSteps steps() {
    return trainer.steps();
  }

  @Override
  public Learned learn(DataPosition at) {
    var batch = batches.at(at, recipe.training().batch());
    return new Learned(trainer.accumulate(batch), batch.inputs().length, at.after(batch));
  }

  @Override
  public double flopsPerToken() {
    return decoder.config().trainingFlopsPerToken(decoder.config().context());
  }

  @Override
  public long heldOutTokens() {
    return material.heldOutIds().length;
  }

  /** The first part of the held-out text. */
  @Override
  public Evaluated evaluate(long step) {
    long start = System.nanoTime();
    var ids = material.heldOutIds();
    var some = Arrays.copyOf(ids, Math.min(ids.length, recipe.training().evaluateTokens() + 1));
    var loss = HeldOutLoss.of(trainer.computing(), some, decoder.config().context());
    long bytes = Math.round((double) material.heldOut().length * loss.tokens() / (ids.length - 1));
    return evaluated(step, loss, bytes, start);
  }

  /** All held-out text, with half a context before each token where there is one. */
  @Override
  public Evaluated evaluateAll(long step) {
    long start = System.nanoTime();
    int stride = Math.max(1, decoder.config().context() / 2);
    var loss = HeldOutLoss.of(trainer.computing(), material.heldOutIds(), stride);
    return evaluated(step, loss, material.heldOut().length, start);
  }

  private static Evaluated evaluated(long step, HeldOutLoss loss, long bytes, long start) {
    return new Evaluated(
        step,
        HELD_OUT,
        loss.perToken(),
        loss.bitsPerByte(bytes),
        bytes,
        (System.nanoTime() - start) / 1e9);
  }

  /** Lets the model write from nothing. */
  @Override
  public Sampled sample(long step, int tokens, int number) {
    // Not closed: the network stays the run's.
    var model =
        LanguageModel.of(
            decoder, material.tokenizer(), GenerationDefaults.documents(material.endOfText()));
    var request =
        GenerationRequest.of("")
            .temperature(0.8)
            .topP(0.95)
            .maxTokens(Math.min(tokens, decoder.config().context() - 1))
            .seed(recipe.seed() + step + number);
    try (var pieces = model.generate(request)) {
      pieces.forEach(piece -> {});
      return new Sampled(step, "", pieces.completion().text());
    }
  }
}
