package inkstone.train;

import inkstone.model.Decoder;
import inkstone.tensor.DType;
import inkstone.tensor.Functions;
import inkstone.tensor.Scope;
import inkstone.tensor.Tensor;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SequencedMap;

/**
 * Muon for the matrices of the blocks, AdamW for embeddings, output head, norms and biases. A
 * matrix moves along its Nesterov momentum made orthogonal (Jordan et al., 2024), times {@code 0.2
 * sqrt(max(rows, columns))}, which gives the update AdamW's usual size, so that learning rate and
 * weight decay mean the same for both (Liu et al., 2025, formula 4).
 *
 * <p>Queries, keys and values, or gate and up, that lie in one matrix are made orthogonal each by
 * itself: how weights are stored changes nothing.
 */
public final class Muon implements Optimizer {

  private static final double SIZE = 0.2;

  private record Matrix(Tensor weight, Tensor momentum, List<Long> parts) {}

  private final List<Matrix> matrices = new ArrayList<>();
  private final SequencedMap<String, Tensor> momenta = new LinkedHashMap<>();
  private final AdamW rest;
  private final Recipe.Optimizer settings;
  private final DType compute;

  /** Starts with momenta of zero. */
  Muon(Decoder decoder, Recipe.Optimizer settings, DType compute) {
    this.settings = settings;
    this.compute = compute;
    var others = new LinkedHashMap<>(decoder.parameters());
    decoder
        .projections()
        .forEach(
            (name, parts) -> {
              var weight = java.util.Objects.requireNonNull(others.remove(name));
              var momentum =
                  Scope.keep(Tensor.zeros(weight.dtype(), weight.device(), weight.shape()));
              momenta.put(name + ".momentum", momentum);
              matrices.add(new Matrix(weight, momentum, parts));
            });
    rest = new AdamW(others, settings);
  }

  @Override
  public void step(double learningRate) {
    rest.step(learningRate);
    for (var matrix : matrices) {
      try (var scope = Scope.open()) {
        matrix.weight().grad().ifPresent(gradient -> step(matrix, gradient, learningRate));
      }
    }
  }

  private void step(Matrix matrix, Tensor gradient, double learningRate) {
    double mu = settings.momentum();
    var momentum = matrix.momentum().mulInPlace(mu).addInPlace(gradient, 1 - mu);
    var ahead = momentum.mul(mu).addInPlace(gradient, 1 - mu).to(compute);
    var weight = matrix.weight().detach().mulInPlace(1 - learningRate * settings.weightDecay());
    long from = 0;
    for (long rows : matrix.parts()) {
      var direction = Functions.orthogonalized(ahead.narrow(0, from, rows));
      double size = SIZE * Math.sqrt(Math.max(rows, weight.size(1)));
      weight.narrow(0, from, rows).addInPlace(direction, -learningRate * size);
      from += rows;
    }
  }

  @Override
  public long steps() {
    return rest.steps();
  }

  /** The momenta, {@code NAME.momentum}, and the moments of {@link AdamW}. */
  @Override
  public SequencedMap<String, Tensor> state() {
    var state = new LinkedHashMap<>(momenta);
    state.putAll(rest.state());
    return state;
  }

  @Override
  public void restore(long steps, Map<String, Tensor> saved) {
    Optimizer.copy(saved, momenta);
    rest.restore(steps, saved);
  }

  @Override
  public void close() {
    momenta.values().forEach(Tensor::close);
    rest.close();
  }
}
