package inkstone.model;

import inkstone.tensor.Functions;
import inkstone.tensor.Tensor;
import java.util.Optional;

/** Brings each row of the last dimension to a common scale. */
public sealed interface Norm {

  /** [..., width] to the same. */
  Tensor forward(Tensor x);

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
  }
}
