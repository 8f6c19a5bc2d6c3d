package inkstone.tensor;

import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.bytedeco.pytorch.Dispatcher;
import org.bytedeco.pytorch.IValue;
import org.bytedeco.pytorch.IValueVector;
import org.bytedeco.pytorch.OperatorHandle;
import org.bytedeco.pytorch.Tensor;

/**
 * Operators of libtorch that the bindings leave out, by name. Wrong arguments end the process:
 * callers check them first.
 */
final class Operators {

  private static final Map<String, OperatorHandle> KNOWN = new ConcurrentHashMap<>();

  private Operators() {}

  /** From the gradient of probabilities to that of what the softmax over the last dimension saw. */
  static Tensor softmaxBackward(Tensor gradient, Tensor probabilities) {
    return call(
            "aten::_softmax_backward_data",
            new IValue(gradient),
            new IValue(probabilities),
            new IValue(-1L),
            new IValue((long) probabilities.scalar_type().intern().value))
        .get(0)
        .toTensor();
  }

  private static IValueVector call(String name, IValue... arguments) {
    var stack = new IValueVector(arguments);
    KNOWN.computeIfAbsent(name, Operators::find).callBoxed(stack);
    return stack;
  }

  private static OperatorHandle find(String name) {
    var handle = Dispatcher.realSingleton().findSchemaOrThrow(name, "");
    handle.retainReference();
    return handle;
  }
}
