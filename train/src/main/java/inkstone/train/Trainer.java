package inkstone.train;

import inkstone.data.TokenBatch;
import inkstone.model.Batch;
import inkstone.model.Decoder;
import inkstone.tensor.DType;
import inkstone.tensor.Functions;
import inkstone.tensor.Gradients;
import inkstone.tensor.Random;
import inkstone.tensor.Scope;
import inkstone.tensor.Tensor;

/**
 * One optimizer step, as separate calls: {@link #accumulate} once or more, {@link #reduce}, {@link
 * #clip}, {@link #step}. Weights and moments are float32; activations and matrix products are in
 * the computing type.
 */
public final class Trainer implements AutoCloseable {

  private final Decoder decoder;
  private final Decoder computing;
  private final Optimizer optimizer;
  private final double dropout;
  private final Recipe.Training settings;
  private final long seed;
  private int accumulated;

  /** Trains {@code decoder}, which stays the caller's. */
  public Trainer(Decoder decoder, Recipe recipe, DType compute) {
    this.decoder = decoder;
    computing = decoder.computing(compute);
    optimizer = Optimizer.of(decoder, recipe.optimizer(), compute);
    dropout = recipe.model().dropout();
    settings = recipe.training();
    seed = recipe.seed();
    decoder.parameters().values().forEach(weight -> weight.requiresGrad(true));
  }

  /** Adds the gradient of one batch's mean loss; gives that loss in nats for each token. */
  public double accumulate(TokenBatch batch) {
    // From the seed and the place in the run alone, so that nothing random needs saving.
    Random.seed(seed, optimizer.steps() * 4096 + accumulated);
    try (var scope = Scope.open()) {
      var device = decoder.device();
      var ids = Tensor.of(batch.inputs()).to(device);
      var targets = Tensor.of(batch.targets()).to(device);
      var inputs = Batch.training(ids, batch.sequences(), dropout).recompute(settings.recompute());
      var loss = computing.loss(inputs, targets, settings.labelSmoothing(), settings.zLoss());
      loss.backward();
      accumulated++;
      return loss.item();
    }
  }

  /** Turns the sum of the accumulated gradients into their mean. */
  public void reduce() {
    if (accumulated > 1) {
      try (var scope = Scope.open();
          var off = Gradients.off()) {
        decoder
            .parameters()
            .values()
            .forEach(w -> w.grad().ifPresent(g -> g.mulInPlace(1.0 / accumulated)));
      }
    }
    accumulated = 0;
  }

  /**
   * Scales the gradient down to a norm of {@code most} where it is longer (Pascanu et al., 2013,
   * algorithm 1); 0 leaves it as it is.
   *
   * @return the norm before
   */
  public double clip(double most) {
    try (var scope = Scope.open();
        var off = Gradients.off()) {
      var gradients =
          decoder.parameters().values().stream().flatMap(w -> w.grad().stream()).toList();
      double norm = Functions.norm(gradients);
      if (most > 0 && norm > most) {
        gradients.forEach(g -> g.mulInPlace(most / (norm + 1e-6)));
      }
      return norm;
    }
  }

  /** Moves the weights and forgets the gradient. */
  public void step(double learningRate) {
    try (var off = Gradients.off()) {
      optimizer.step(learningRate);
    }
    decoder.parameters().values().forEach(Tensor::clearGrad);
  }

  /** The optimizer, for checkpoints. */
  public Optimizer optimizer() {
    return optimizer;
  }

  /** The network in the computing type. */
  public Decoder computing() {
    return computing;
  }

  @Override
  public void close() {
    optimizer.close();
    decoder.parameters().values().forEach(weight -> weight.requiresGrad(false));
  }
}
