package inkstone.tensor;

import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;
import org.bytedeco.pytorch.global.torch.ScalarType;

/**
 * A linear layer in bfloat16 on a chip that cannot multiply it: the products are float32, of some
 * rows at a time, so that what is widened stays in the cache. A float32 weight is used as it is,
 * and its gradient gathers unrounded.
 */
final class WideLinear extends Operation {

  /** Enough to keep a product busy. */
  private static final long ROWS = 1024;

  private final Tensor input;
  private final Tensor weight;
  private final Tensor bias;
  private final Tensor x; // [rows, in]
  private final Tensor w; // [out, in], float32

  /** input [..., in] bfloat16, weight [out, in], bias [out] or undefined. */
  WideLinear(Tensor input, Tensor weight, Tensor bias) {
    this.input = hold(input);
    this.weight = hold(weight);
    this.bias = hold(bias);
    x = hold(input.detach().reshape(-1, weight.size(1)));
    w = hold(wide(weight.detach()));
  }

  private static Tensor wide(Tensor x) {
    return x.to(ScalarType.Float);
  }

  @Override
  Tensor forward() {
    var y = x.new_empty(x.size(0), w.size(0));
    for (long at = 0; at < x.size(0); at += ROWS) {
      long some = Math.min(ROWS, x.size(0) - at);
      try (var temporaries = new PointerScope()) {
        var rows = wide(x.narrow(0, at, some));
        var product =
            bias.defined() ? torch.addmm(wide(bias.detach()), rows, w.t()) : rows.mm(w.t());
        y.narrow(0, at, some).copy_(product);
      }
    }
    var shape = input.sizes().vec().get();
    shape[shape.length - 1] = w.size(0);
    return y.view(shape);
  }

  @Override
  void backward(Tensor gradient) {
    var dy = gradient.reshape(-1, w.size(0));
    var dx = torch.empty_like(x);
    boolean whole = weight.scalar_type().intern() == ScalarType.Float;
    var gathered = whole ? weight.mutable_grad() : new Tensor();
    boolean first = !gathered.defined();
    var dw = first ? torch.empty_like(w) : gathered;
    for (long at = 0; at < x.size(0); at += ROWS) {
      long some = Math.min(ROWS, x.size(0) - at);
      try (var temporaries = new PointerScope()) {
        var rows = wide(dy.narrow(0, at, some));
        if (input.requires_grad()) {
          dx.narrow(0, at, some).copy_(rows.mm(w));
        }
        if (weight.requires_grad()) {
          var kept = new Scalar(first && at == 0 ? 0.0 : 1.0);
          dw.addmm_(rows.t(), wide(x.narrow(0, at, some)), kept, new Scalar(1.0));
        }
      }
    }
    add(input, dx.view(input.sizes()));
    if (first) {
      add(weight, dw.to(weight.scalar_type()));
    }
    if (bias.defined()) {
      add(bias, wide(dy).sum(0).to(bias.scalar_type()));
    }
  }
}
