package inkstone.train;

import inkstone.data.TokenBatch;
import inkstone.model.Batch;
import inkstone.model.Decoder;
import inkstone.tensor.DType;
import inkstone.tensor.Tensor;

/**
 * One optimizer step of a decoder, as separate calls: {@link #accumulate} once or more, {@link
 * #reduce}, {@link #clip}, {@link #step}. Weights and moments are float32; activations and matrix
 * products are in the computing type.
 */
public final class Trainer implements AutoCloseable {

  private final Decoder decoder;
  private final Decoder computing;
  private final WeightSteps steps;
  private final double dropout;
  private final Recipe.Training settings;

  /** Trains {@code decoder}, which stays the caller's. */
  public Trainer(Decoder decoder, Recipe recipe, DType compute) {
    this.decoder = decoder;
    computing = decoder.computing(compute);
    steps =
        new WeightSteps(
            decoder.parameters(),
            Optimizer.of(decoder, recipe.optimizer(), compute),
            recipe.seed());
    dropout = recipe.model().dropout();
    settings = recipe.training();
  }

  /** Adds the gradient of one batch's mean loss; gives that loss in nats for each token. */
  public double accumulate(TokenBatch batch) {
    return steps.accumulate(
        () -> {
          var device = decoder.device();
          var ids = Tensor.of(batch.inputs()).to(device);
          var targets = Tensor.of(batch.targets()).to(device);
          var inputs =
              Batch.training(ids, batch.sequences(), dropout).recompute(settings.recompute());
          return computing.loss(inputs, targets, settings.labelSmoothing(), settings.zLoss());
        });
  }

  /** Turns the sum of the accumulated gradients into their mean. */
  public void reduce() {
    steps.reduce();
  }

  /**
   * Scales the gradient down to a norm of {@code most} where it is longer (Pascanu et al., 2013,
   * algorithm 1); 0 leaves it as it is.
   *
   * @return the norm before
   */
  public double clip(double most) {
    return steps.clip(most);
  }

  /** Moves the weights and forgets the gradient. */
  public void step(double learningRate) {
    steps.step(learningRate);
  }

  /** The optimizer, for checkpoints. */
  public Optimizer optimizer() {
    return steps.optimizer();
  }

  /** The network in the computing type. */
  public Decoder computing() {
    return computing;
  }

  WeightSteps steps() {
    return steps;
  }

  @Override
  public void close() {
    steps.close();
  }
}
