package inkstone.tensor;

import java.util.function.UnaryOperator;
import org.bytedeco.pytorch.global.torch;

/**
 * A part of a network of which only the input is kept: backward runs it again, recorded this time,
 * with the same random numbers (Chen et al., 2016, section 4).
 */
final class Recomputed extends Operation {

  private final UnaryOperator<Tensor> body;
  private final org.bytedeco.pytorch.Tensor input;
  private final org.bytedeco.pytorch.Tensor random;

  Recomputed(UnaryOperator<Tensor> body, org.bytedeco.pytorch.Tensor input) {
    this.body = body;
    this.input = hold(input);
    random = hold(torch.getDefaultCPUGenerator().get_state());
  }

  private Tensor again() {
    return Tensor.own(input.detach(), null);
  }

  @Override
  org.bytedeco.pytorch.Tensor forward() {
    try (var scope = Scope.open()) {
      return new org.bytedeco.pytorch.Tensor(body.apply(again()).alive());
    }
  }

  @Override
  void backward(org.bytedeco.pytorch.Tensor gradient) {
    var generator = torch.getDefaultCPUGenerator();
    var after = generator.get_state();
    generator.set_state(random);
    try (var scope = Scope.open()) {
      var x = again().requiresGrad(true);
      Tensor y;
      try (var on = Gradients.on()) {
        y = body.apply(x);
      }
      y.backward(gradient);
      add(input, x.alive().grad());
    } finally {
      generator.set_state(after);
    }
  }
}
