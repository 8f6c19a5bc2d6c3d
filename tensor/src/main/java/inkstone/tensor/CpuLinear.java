package inkstone.tensor;

import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;
import org.bytedeco.pytorch.global.torch.ScalarType;

/**
 * A linear layer on the CPU, its products in float32. A bfloat16 input is widened some rows at a
 * time, so that what is widened stays in the cache; the gradient of the weight gathers unrounded.
 */
final class CpuLinear extends Operation {

  /** Widened at one time: enough to keep a product busy. */
  private static final long ROWS = 1024;

  private final Tensor input;
  private final Tensor weight;
  private final Tensor bias;
  private final Tensor x; // [rows, in]
  private final Tensor w; // [out, in]
  private final long piece;

  /**
   * input [..., in] float32 or bfloat16, weight [out, in] and bias [out] float32, bias or
   * undefined.
   */
  CpuLinear(Tensor input, Tensor weight, Tensor bias) {
    this.input = hold(input);
    this.weight = hold(weight);
    this.bias = hold(bias);
    x = hold(input.detach().reshape(-1, weight.size(1)).contiguous());
    w = hold(weight.detach());
    piece = Numbers.isHalf(x) ? ROWS : Math.max(1, x.size(0));
  }

  private static Tensor wide(Tensor x) {
    return x.to(ScalarType.Float);
  }

  @Override
  Tensor forward() {
    var shape = input.sizes().vec().get();
    shape[shape.length - 1] = w.size(0);
    var added = bias.defined() ? bias.detach() : bias;
    if (!Numbers.isHalf(x)) {
      return Operators.linear(x, w, added).view(shape);
    }
    var y = x.new_empty(x.size(0), w.size(0));
    for (long at = 0; at < x.size(0); at += piece) {
      try (var temporaries = new PointerScope()) {
        rows(y, at).copy_(Operators.linear(wide(rows(x, at)), w, added));
      }
    }
    return y.view(shape);
  }

  private Tensor rows(Tensor all, long at) {
    return all.narrow(0, at, Math.min(piece, all.size(0) - at));
  }

  @Override
  void backward(Tensor gradient) {
    var dy =
        gradient.reshape(-1, w.size(0)).contiguous(); // a sum gives one number, seen many times
    if (input.requires_grad()) {
      add(input, inputSlope(dy).view(input.sizes()));
    }
    if (weight.requires_grad()) {
      gatherWeightSlope(dy);
    }
    if (bias.defined()) {
      add(bias, wide(dy).sum(0));
    }
  }

  private Tensor inputSlope(Tensor dy) {
    if (!Numbers.isHalf(x)) {
      return Operators.linear(dy, w.t(), new Tensor());
    }
    var dx = torch.empty_like(x);
    for (long at = 0; at < x.size(0); at += piece) {
      try (var temporaries = new PointerScope()) {
        rows(dx, at).copy_(Operators.linear(wide(rows(dy, at)), w.t(), new Tensor()));
      }
    }
    return dx;
  }

  /** Straight into the weight's sum, where there is one. */
  private void gatherWeightSlope(Tensor dy) {
    boolean first = !weight.mutable_grad().defined();
    var sum = first ? torch.empty_like(w) : weight.mutable_grad();
    for (long at = 0; at < x.size(0); at += piece) {
      try (var temporaries = new PointerScope()) {
        var kept = new Scalar(first && at == 0 ? 0.0 : 1.0);
        sum.addmm_(wide(rows(dy, at)).t(), wide(rows(x, at)), kept, new Scalar(1.0));
      }
    }
    if (first) {
      add(weight, sum);
    }
  }
}
