package inkstone.tensor;

import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.Dispatcher;
import org.bytedeco.pytorch.GenericList;
import org.bytedeco.pytorch.IValue;
import org.bytedeco.pytorch.IValueVector;
import org.bytedeco.pytorch.ListType;
import org.bytedeco.pytorch.OperatorHandle;
import org.bytedeco.pytorch.OperatorName;
import org.bytedeco.pytorch.OptionalType;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.TensorType;
import org.bytedeco.pytorch.Type;
import org.bytedeco.pytorch.global.torch;

/**
 * Operators of libtorch that the bindings leave out, by name. Wrong arguments end the process:
 * callers check them first.
 */
final class Operators {

  private static final Map<String, OperatorHandle> KNOWN = new ConcurrentHashMap<>();
  private static final boolean ONE_DNN = isThere("mkldnn::_linear_pointwise");

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

  /** One pass over weight, gradient and moments, which it changes. */
  static void adamW(
      Tensor weight, Tensor gradient, Tensor first, Tensor second, Functions.AdamWStep step) {
    var number =
        torch
            .full(
                new long[0],
                new Scalar((double) step.number()),
                Native.options(DType.FLOAT32, Device.CPU))
            .to(weight.device(), torch.ScalarType.Float);
    call(
        "aten::_fused_adamw_",
        list(weight),
        list(gradient),
        list(first),
        list(second),
        list(),
        list(number),
        new IValue(step.learningRate()),
        new IValue(step.beta1()),
        new IValue(step.beta2()),
        new IValue(step.weightDecay()),
        new IValue(step.epsilon()),
        new IValue(false), // amsgrad
        new IValue(false), // maximize
        new IValue(), // scale of the gradient
        new IValue()); // whether it overflowed
    // This operator does not count as a change of the weight, on which Converted relies.
    weight.unsafeGetTensorImpl().bump_version();
  }

  /**
   * {@code x W^T + b} in float32 on the CPU: one row as a matrix times a vector, which reads the
   * weight once; more by oneDNN, which is 10 % faster than libtorch's BLAS for many rows and twice
   * as fast for a few.
   *
   * @param x [rows, in]
   * @param weight [out, in]
   * @param bias [out], or undefined
   */
  static Tensor linear(Tensor x, Tensor weight, Tensor bias) {
    if (x.size(0) == 1) {
      var row = weight.mv(x.view(-1));
      return (bias.defined() ? row.add_(bias) : row).view(1, -1);
    }
    if (!ONE_DNN) {
      var product = x.mm(weight.t());
      return bias.defined() ? product.add_(bias) : product;
    }
    return call(
            "mkldnn::_linear_pointwise",
            new IValue(x),
            new IValue(weight),
            bias.defined() ? new IValue(bias) : new IValue(),
            new IValue("none"), // nothing is done to the result
            new IValue(new GenericList(OptionalType.get(ListType.ofNumbers().getElementType()))),
            new IValue())
        .get(0)
        .toTensor();
  }

  /** Whether oneDNN has products in bfloat16 for this CPU. */
  static boolean multipliesBfloat16() {
    try (var temporaries = new PointerScope()) {
      return ONE_DNN && call("mkldnn::_is_mkldnn_bf16_supported").get(0).toBool();
    }
  }

  private static IValue list(Tensor... tensors) {
    var list = new GenericList(new Type.TypePtr(TensorType.get()));
    for (var tensor : tensors) {
      list.push_back(new IValue(tensor));
    }
    return new IValue(list);
  }

  private static IValueVector call(String name, IValue... arguments) {
    var stack = new IValueVector(arguments);
    KNOWN.computeIfAbsent(name, Operators::find).callBoxed(stack);
    return stack;
  }

  private static boolean isThere(String name) {
    Engine.load();
    try (var temporaries = new PointerScope()) {
      return Dispatcher.realSingleton().findSchema(new OperatorName(name, "")).has_value();
    }
  }

  private static OperatorHandle find(String name) {
    var handle = Dispatcher.realSingleton().findSchemaOrThrow(name, "");
    handle.retainReference();
    return handle;
  }
}
