package inkstone.tensor;

import org.bytedeco.pytorch.Tensor;

/** {@link Functions#swiGlu} by {@link GatedUnits}: float32 on the CPU. */
final class SwiGlu extends Operation {

  private final Tensor input;
  private final Tensor x;
  private final int width;

  /** input [rows, 2 width]. */
  SwiGlu(Tensor input) {
    this.input = hold(input);
    x = hold(input.detach().contiguous());
    width = Math.toIntExact(input.size(1) / 2);
  }

  @Override
  Tensor forward() {
    var y = x.new_empty(x.size(0), width);
    GatedUnits.swiGlu(Native.memory(x), Native.memory(y), x.size(0), width);
    return y;
  }

  @Override
  void backward(Tensor gradient) {
    var given = gradient.contiguous();
    var slope = x.new_empty(x.sizes());
    GatedUnits.swiGluBackward(
        Native.memory(x), Native.memory(given), Native.memory(slope), x.size(0), width);
    add(input, slope);
  }
}
