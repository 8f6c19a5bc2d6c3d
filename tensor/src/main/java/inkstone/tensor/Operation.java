package inkstone.tensor;

import java.util.ArrayList;
import java.util.List;
import org.bytedeco.pytorch.BoolOptional;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.TensorArrayRefOptional;

/**
 * What happens to tensors and, later, to their gradients. Both directions run unrecorded; what the
 * second needs of the first is {@linkplain #hold held} until then.
 */
abstract class Operation implements AutoCloseable {

  private final List<Runnable> held = new ArrayList<>();

  /** The result, whose memory nobody may change before backward. */
  abstract Tensor forward();

  /** {@linkplain #add Adds} to the gradients of the inputs, from the gradient of the result. */
  abstract void backward(Tensor gradient);

  /** A handle of the same tensor that lives as long as this operation. */
  final Tensor hold(Tensor handle) {
    var own = new Tensor(handle);
    own.retainReference();
    held.add(own::close);
    return own;
  }

  /** The same of one of our own tensors that asks for no gradient. */
  final inkstone.tensor.Tensor hold(inkstone.tensor.Tensor tensor) {
    var own = Scope.keep(tensor.detach());
    held.add(own::close);
    return own;
  }

  /** Adds to the gradient of a held input that asks for one; the memory may become the gradient. */
  static void add(Tensor input, Tensor gradient) {
    if (!input.requires_grad()) {
      return;
    }
    var sum = input.mutable_grad();
    if (sum.defined()) {
      sum.add_(gradient);
    } else {
      sum.put(gradient);
    }
  }

  @Override
  public final void close() {
    held.forEach(Runnable::run);
    held.clear();
  }

  /** One operation that libtorch has recorded, and takes back itself. */
  static final class Recorded extends Operation {
    private final Tensor result;

    Recorded(Tensor result) {
      this.result = hold(result);
    }

    @Override
    Tensor forward() {
      return result.detach();
    }

    @Override
    void backward(Tensor gradient) {
      result.backward(gradient, new BoolOptional(), false, new TensorArrayRefOptional());
    }
  }
}
