package inkstone.model;

import inkstone.tensor.Before;
import inkstone.tensor.Functions;
import inkstone.tensor.Tensor;
import java.util.Optional;

/** Brings each row of the last dimension to a common scale. */
public sealed interface Norm {

  /** Where a block has no norm. */
  Norm NONE = new None();

  /** [..., width] to the same. */
  Tensor forward(Tensor x);

  /** The same of x on its way into a product; empty where a product cannot take it in. */
  default Optional<Before> before(Tensor x) {
    return Optional.empty();
  }

  /** Leaves everything as it is. */
  record None() implements Norm {
    @Override
    public Tensor forward(Tensor x) {
      return x;
    }

    @Override
    public Optional<Before> before(Tensor x) {
      return Optional.of(Before.NOTHING);
    }
  }

  /** Mean 0 and variance 1 (Ba et al., 2016). */
  record Layer(Tensor weight, Optional<Tensor> bias, double epsilon) implements Norm {
    @Override
    public Tensor forward(Tensor x) {
      return Functions.layerNorm(x, Linear.as(weight, x), bias.map(b -> Linear.as(b, x)), epsilon);
    }
  }

  /** Root mean square 1 (Zhang and Sennrich, 2019). */
  record Rms(Tensor weight, double epsilon) implements Norm {
    @Override
    public Tensor forward(Tensor x) {
      return Functions.rmsNorm(x, Linear.as(weight, x), epsilon);
    }

    @Override
    public Optional<Before> before(Tensor x) {
      return Optional.of(new Before.RmsNorm(Linear.as(weight, x), epsilon));
    }
  }

  /** The same times {@code 1 + weight} (Gemma Team, 2024). */
  record RmsPlusOne(Tensor weight, double epsilon) implements Norm {
    @Override
    public Tensor forward(Tensor x) {
      return Functions.rmsNorm(x, Linear.as(weight.add(1), x), epsilon);
    }

    @Override
    public Optional<Before> before(Tensor x) {
      return Optional.of(new Before.RmsNorm(Linear.as(weight.add(1), x), epsilon));
    }
  }
}
