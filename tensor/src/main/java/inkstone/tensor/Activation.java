package inkstone.tensor;

import org.bytedeco.pytorch.Tensor;

/** An activation by {@link GatedUnits}: float32 on the CPU. */
abstract class Activation extends Operation {

  private final Tensor input;
  final Tensor x;

  private Activation(Tensor input) {
    this.input = hold(input);
    x = hold(input.detach().contiguous());
  }

  abstract void backward(Tensor gradient, Tensor slope);

  @Override
  final void backward(Tensor gradient) {
    var slope = x.new_empty(x.sizes());
    backward(gradient.contiguous(), slope);
    add(input, slope);
  }

  /** See {@link Functions#geluTanh}. */
  static final class Gelu extends Activation {
    Gelu(Tensor input) {
      super(input);
    }

    @Override
    Tensor forward() {
      var y = x.new_empty(x.sizes());
      GatedUnits.gelu(Native.memory(x), Native.memory(y), x.numel());
      return y;
    }

    @Override
    void backward(Tensor gradient, Tensor slope) {
      GatedUnits.geluBackward(
          Native.memory(x), Native.memory(gradient), Native.memory(slope), x.numel());
    }
  }

  /** See {@link Functions#swiGlu}. */
  static final class SwiGlu extends Activation {
    private final int width;

    /** input [rows, 2 width]. */
    SwiGlu(Tensor input) {
      super(input);
      width = Math.toIntExact(input.size(1) / 2);
    }

    @Override
    Tensor forward() {
      var y = x.new_empty(x.size(0), width);
      GatedUnits.swiGlu(Native.memory(x), Native.memory(y), x.size(0), width);
      return y;
    }

    @Override
    void backward(Tensor gradient, Tensor slope) {
      GatedUnits.swiGluBackward(
          Native.memory(x), Native.memory(gradient), Native.memory(slope), x.size(0), width);
    }
  }
}
