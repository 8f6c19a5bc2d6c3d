package inkstone.train;

import inkstone.tensor.Functions;
import inkstone.tensor.Scope;
import inkstone.tensor.Tensor;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.SequencedMap;

/** Adam with decoupled weight decay (Loshchilov and Hutter, 2019, algorithm 2). */
public final class AdamW implements Optimizer {

  private final SequencedMap<String, Tensor> parameters;
  private final Recipe.Optimizer settings;
  private final SequencedMap<String, Tensor> state = new LinkedHashMap<>();
  private long steps;

  /** Starts with moments of zero. */
  public AdamW(SequencedMap<String, Tensor> parameters, Recipe.Optimizer settings) {
    this.parameters = parameters;
    this.settings = settings;
    parameters.forEach(
        (name, weight) -> {
          for (var moment : new String[] {".first", ".second"}) {
            state.put(
                name + moment,
                Scope.keep(Tensor.zeros(weight.dtype(), weight.device(), weight.shape())));
          }
        });
  }

  /** Moves every weight that has a gradient; matrices decay, vectors do not. */
  @Override
  public void step(double learningRate) {
    steps++;
    parameters.forEach((name, weight) -> step(name, weight, learningRate));
  }

  private void step(String name, Tensor weight, double learningRate) {
    try (var scope = Scope.open()) {
      weight
          .grad()
          .ifPresent(
              gradient ->
                  Functions.adamW(
                      weight,
                      gradient,
                      moment(name + ".first"),
                      moment(name + ".second"),
                      new Functions.AdamWStep(
                          steps,
                          learningRate,
                          settings.beta1(),
                          settings.beta2(),
                          settings.epsilon(),
                          weight.rank() > 1 ? settings.weightDecay() : 0)));
    }
  }

  private Tensor moment(String name) {
    return java.util.Objects.requireNonNull(state.get(name));
  }

  @Override
  public long steps() {
    return steps;
  }

  /** The moments: {@code NAME.first} and {@code NAME.second}. */
  @Override
  public SequencedMap<String, Tensor> state() {
    return java.util.Collections.unmodifiableSequencedMap(state);
  }

  @Override
  public void restore(long steps, Map<String, Tensor> saved) {
    this.steps = steps;
    Optimizer.copy(saved, state);
  }

  @Override
  public void close() {
    state.values().forEach(Tensor::close);
  }
}
