package inkstone.train;

import inkstone.tensor.Functions;
import inkstone.tensor.Gradients;
import inkstone.tensor.Random;
import inkstone.tensor.Scope;
import inkstone.tensor.Tensor;
import java.util.SequencedMap;
import java.util.function.Supplier;

/**
 * One optimizer step of any network, as separate calls: {@link #accumulate} once or more, {@link
 * #reduce}, {@link #clip}, {@link #step}.
 */
public final class WeightSteps implements AutoCloseable {

  private final SequencedMap<String, Tensor> parameters;
  private final Optimizer optimizer;
  private final long seed;
  private int accumulated;

  /** Takes over the optimizer; the weights stay the caller's. */
  public WeightSteps(SequencedMap<String, Tensor> parameters, Optimizer optimizer, long seed) {
    this.parameters = parameters;
    this.optimizer = optimizer;
    this.seed = seed;
    parameters.values().forEach(weight -> weight.requiresGrad(true));
  }

  /** Adds the gradient of a mean loss, a single number; gives that number. */
  public double accumulate(Supplier<Tensor> mean) {
    // From the seed and the place in the run alone, so that nothing random needs saving.
    Random.seed(seed, optimizer.steps() * 4096 + accumulated);
    try (var scope = Scope.open()) {
      var loss = mean.get();
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
        parameters
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
      var gradients = parameters.values().stream().flatMap(w -> w.grad().stream()).toList();
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
    parameters.values().forEach(Tensor::clearGrad);
  }

  /** The weights by name. */
  public SequencedMap<String, Tensor> parameters() {
    return parameters;
  }

  /** The optimizer, for checkpoints. */
  public Optimizer optimizer() {
    return optimizer;
  }

  @Override
  public void close() {
    optimizer.close();
    parameters.values().forEach(weight -> weight.requiresGrad(false));
  }
}
