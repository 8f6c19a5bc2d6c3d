package inkstone.tensor;

import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;

/**
 * A part of one dimension. Backward adds to that part alone of the input's gradient, where libtorch
 * makes a whole one for each part.
 */
final class Narrow extends Operation {

  private final Tensor input;
  private final int dim;
  private final long start;
  private final long length;

  Narrow(Tensor input, int dim, long start, long length) {
    this.input = hold(input);
    this.dim = dim;
    this.start = start;
    this.length = length;
  }

  @Override
  Tensor forward() {
    return input.detach().narrow(dim, start, length);
  }

  @Override
  void backward(Tensor gradient) {
    if (!input.requires_grad()) {
      return;
    }
    var sum = input.mutable_grad();
    if (!sum.defined()) {
      sum.put(torch.zeros_like(input.detach()));
    }
    sum.narrow(dim, start, length).add_(gradient);
  }
}
