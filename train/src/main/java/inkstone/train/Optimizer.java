package inkstone.train;

import inkstone.model.Decoder;
import inkstone.tensor.DType;
import inkstone.tensor.Tensor;
import java.util.Map;
import java.util.SequencedMap;

/** What moves weights by their gradients, and what it remembers from step to step. */
public sealed interface Optimizer extends AutoCloseable permits AdamW, Muon {

  /**
   * The one that a recipe asks for, which has not taken a step yet.
   *
   * @param compute the type of the arithmetic, of Muon's products too
   */
  static Optimizer of(Decoder decoder, Recipe.Optimizer settings, DType compute) {
    return switch (settings.kind()) {
      case adamw -> new AdamW(decoder.parameters(), settings);
      case muon -> new Muon(decoder, settings, compute);
    };
  }

  /** Moves every weight that has a gradient. */
  void step(double learningRate);

  /** The number of steps taken. */
  long steps();

  /** What is remembered, by name, for a checkpoint. */
  SequencedMap<String, Tensor> state();

  /**
   * Goes back to a checkpoint.
   *
   * @throws TrainingException if something is missing in it
   */
  void restore(long steps, Map<String, Tensor> saved);

  /** Frees what is remembered. */
  @Override
  void close();

  /** Copies from a checkpoint whatever {@code state} holds. */
  static void copy(Map<String, Tensor> saved, Map<String, Tensor> state) {
    state.forEach(
        (name, tensor) -> {
          var before = saved.get(name);
          if (before == null) {
            throw new TrainingException("the checkpoint lacks the optimizer's '" + name + "'");
          }
          tensor.copyInPlace(before);
        });
  }
}
