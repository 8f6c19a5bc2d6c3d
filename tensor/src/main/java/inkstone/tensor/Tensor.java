package inkstone.tensor;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;
import org.bytedeco.pytorch.BoolOptional;
import org.bytedeco.pytorch.LongOptional;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.TensorArrayRefOptional;
import org.bytedeco.pytorch.TensorVector;
import org.bytedeco.pytorch.global.torch;
import org.jspecify.annotations.Nullable;

/**
 * An array of numbers with a shape, on a {@link Device}, over memory of libtorch. Operations make
 * new tensors, which belong to the innermost {@link Scope}; those whose names end in {@code
 * InPlace} change this one. Where an input {@linkplain #requiresGrad requires a gradient},
 * operations are recorded and {@link #backward} computes it. Dimensions count from 0, or from the
 * end as -1, -2.
 *
 * <p>A tensor is used by one thread at a time. A failed operation throws {@link TensorException}.
 */
public final class Tensor implements AutoCloseable {

  private static final AtomicLong LIVE = new AtomicLong();

  /** So that the number of bytes fits a long in every type. */
  private static final long MOST_ELEMENTS = Long.MAX_VALUE / 8;

  final org.bytedeco.pytorch.Tensor handle;
  private final @Nullable Node node;
  private final Converted converted = new Converted();
  private @Nullable Scope owner;
  private boolean closed;

  private Tensor(org.bytedeco.pytorch.Tensor handle, @Nullable Node node) {
    this.handle = handle;
    this.node = node;
  }

  static Tensor own(org.bytedeco.pytorch.Tensor handle, @Nullable Node node) {
    handle.retainReference();
    LIVE.incrementAndGet();
    if (node != null) {
      node.retain();
    }
    var tensor = new Tensor(handle, node);
    Scope.adopt(tensor);
    return tensor;
  }

  /** The number of tensors that have been made and not freed, in the whole process. */
  public static long live() {
    return LIVE.get();
  }

  // ------------------------------------------------------------------------------- making

  /**
   * A float32 tensor on the CPU with a copy of {@code values}; the shape must hold them exactly.
   */
  public static Tensor of(float[] values, long... shape) {
    return of(MemorySegment.ofArray(values), DType.FLOAT32, orVector(values.length, shape));
  }

  /** An int64 tensor on the CPU with a copy of {@code values}; the shape must hold them exactly. */
  public static Tensor of(long[] values, long... shape) {
    return of(MemorySegment.ofArray(values), DType.INT64, orVector(values.length, shape));
  }

  /** An int64 tensor on the CPU with a copy of {@code values}, such as token ids. */
  public static Tensor of(int[] values, long... shape) {
    return of(Arrays.stream(values).asLongStream().toArray(), shape);
  }

  /** A tensor on the CPU with a copy of the elements in {@code memory}, in native byte order. */
  public static Tensor of(MemorySegment memory, DType dtype, long... shape) {
    var expected = count(shape) * dtype.bytes();
    if (memory.byteSize() != expected) {
      throw new TensorException(
          "a tensor of %s %s needs %,d bytes, not %,d"
              .formatted(dtype, Arrays.toString(shape), expected, memory.byteSize()));
    }
    var tensor = Native.call("of", () -> torch.zeros(shape, Native.options(dtype, Device.CPU)));
    Native.memory(tensor.handle).copyFrom(memory);
    return tensor;
  }

  /** Zeros. */
  public static Tensor zeros(DType dtype, Device device, long... shape) {
    count(shape);
    return Native.call("zeros", () -> torch.zeros(shape, Native.options(dtype, device)));
  }

  /** Every element {@code value}. */
  public static Tensor full(double value, DType dtype, Device device, long... shape) {
    count(shape);
    return Native.call(
        "full", () -> torch.full(shape, new Scalar(value), Native.options(dtype, device)));
  }

  /** The whole numbers from {@code from} up to, not including, {@code to}, as int64. */
  public static Tensor range(long from, long to, Device device) {
    if (to < from) {
      throw new TensorException(
          "range from " + from + " to " + to + ": the end is before the start");
    }
    return Native.call(
        "range",
        () -> torch.arange(new Scalar(from), new Scalar(to), Native.options(DType.INT64, device)));
  }

  private static long[] orVector(int length, long... shape) {
    return shape.length == 0 && length != 1 ? new long[] {length} : shape;
  }

  private static long count(long... shape) {
    long count = 1;
    for (long size : shape) {
      if (size < 0) {
        throw new TensorException("shape " + Arrays.toString(shape) + " has a negative size");
      }
      if (size > 0 && count > MOST_ELEMENTS / size) {
        throw new TensorException("shape " + Arrays.toString(shape) + " is too large");
      }
      count *= size;
    }
    return count;
  }

  // ------------------------------------------------------------------------------- looking

  /** The sizes of the dimensions; empty for a single number. */
  public long[] shape() {
    var shape = new long[rank()];
    for (int i = 0; i < shape.length; i++) {
      shape[i] = alive().size(i);
    }
    return shape;
  }

  /** The size of one dimension. */
  public long size(int dim) {
    if (dim >= rank() || dim < -rank()) {
      throw new TensorException("dimension " + dim + " of " + this + " does not exist");
    }
    return alive().size(dim);
  }

  /** The number of dimensions. */
  public int rank() {
    return (int) alive().dim();
  }

  /** The number of elements. */
  public long count() {
    return alive().numel();
  }

  /** The type of the elements. */
  public DType dtype() {
    return Native.dtype(alive().scalar_type());
  }

  /** Where the elements live. */
  public Device device() {
    if (!alive().is_cuda()) {
      return Device.CPU;
    }
    try (var device = handle.device();
        var name = device.str()) {
      return new Device(name.getString());
    }
  }

  /** The one element of a tensor that has one. */
  public double item() {
    if (count() != 1) {
      throw new TensorException("item of " + this + ": it has " + count() + " elements, not one");
    }
    return alive().item_double();
  }

  /** A copy of the elements in row-major order, as floats. */
  public float[] toFloats() {
    if (lies(DType.FLOAT32)) {
      return Native.memory(handle).toArray(ValueLayout.JAVA_FLOAT);
    }
    try (var scope = Scope.open()) {
      var plain = detach().to(DType.FLOAT32).to(Device.CPU).contiguous();
      return Native.memory(plain.handle).toArray(ValueLayout.JAVA_FLOAT);
    }
  }

  /** A copy of the elements in row-major order, as longs; fractions are cut off. */
  public long[] toLongs() {
    if (lies(DType.INT64)) {
      return Native.memory(handle).toArray(ValueLayout.JAVA_LONG);
    }
    try (var scope = Scope.open()) {
      var plain = detach().to(DType.INT64).to(Device.CPU).contiguous();
      return Native.memory(plain.handle).toArray(ValueLayout.JAVA_LONG);
    }
  }

  /** Whether the elements lie in main memory in that type, row by row. */
  private boolean lies(DType type) {
    return dtype() == type && !handle.is_cuda() && handle.is_contiguous();
  }

  /** Hands the elements' bytes, row-major and in native order, to {@code reader} while it runs. */
  public void read(java.util.function.Consumer<MemorySegment> reader) {
    try (var scope = Scope.open();
        var arena = Arena.ofConfined()) {
      var plain = detach().to(Device.CPU).contiguous();
      var memory = Native.memory(plain.handle);
      reader.accept(memory.reinterpret(memory.byteSize(), arena, null).asReadOnly());
    }
  }

  /** The type and shape, such as {@code FLOAT32[2, 3]}. */
  @Override
  public String toString() {
    return closed ? "a closed tensor" : dtype() + Arrays.toString(shape());
  }

  // ------------------------------------------------------------------------------- shapes

  /** The same elements in another shape; one size may be -1 and is then worked out. */
  public Tensor reshape(long... shape) {
    return Native.call("reshape to " + Arrays.toString(shape), () -> alive().reshape(shape), this);
  }

  /** Two dimensions exchanged; the memory is shared. */
  public Tensor transpose(int first, int second) {
    return Native.call("transpose", () -> alive().transpose(first, second), this);
  }

  /** The dimensions in another order; the memory is shared. */
  public Tensor permute(long... order) {
    return Native.call("permute", () -> alive().permute(order), this);
  }

  /** {@code length} slices of a dimension from {@code start}; the memory is shared. */
  public Tensor narrow(int dim, long start, long length) {
    var name = "narrow dimension " + dim + " from " + start + " by " + length;
    return Native.records(this)
        ? Native.perform(name, () -> new Narrow(alive(), dim, start, length), this)
        : Native.call(name, () -> alive().narrow(dim, start, length), this);
  }

  /** One slice of a dimension, which disappears; the memory is shared. */
  public Tensor select(int dim, long index) {
    return Native.call("select " + index, () -> alive().select(dim, index), this);
  }

  /** A new dimension of size 1; the memory is shared. */
  public Tensor unsqueeze(int dim) {
    return Native.call("unsqueeze", () -> alive().unsqueeze(dim), this);
  }

  /** Dimensions of size 1 seen as larger, without copying. */
  public Tensor expand(long... shape) {
    return Native.call("expand to " + Arrays.toString(shape), () -> alive().expand(shape), this);
  }

  /** The same elements laid out row by row; this tensor's memory where it already is. */
  public Tensor contiguous() {
    return Native.call("contiguous", () -> alive().contiguous(), this);
  }

  /** The elements converted to another type. */
  public Tensor to(DType dtype) {
    return Native.call("to " + dtype, () -> alive().to(Native.type(dtype)), this);
  }

  /**
   * As {@link #to(DType)}, for what is read often and changed seldom, such as a weight: the result
   * of the last call is kept with this tensor and used again until this tensor changes. Nobody may
   * change the result.
   */
  public Tensor as(DType dtype) {
    return dtype == dtype()
        ? to(dtype)
        : Native.perform(
            "as " + dtype, () -> new Converted.Cast(alive(), converted.of(alive(), dtype)), this);
  }

  /** The elements in bfloat16, kept as {@link #as} keeps them. */
  org.bytedeco.pytorch.Tensor narrowed() {
    return dtype() == DType.BFLOAT16 ? alive() : converted.of(alive(), DType.BFLOAT16);
  }

  /** The elements on another device. */
  public Tensor to(Device device) {
    if (device.equals(Device.CPU) && !alive().is_cuda()) {
      return Native.call("to cpu", () -> new org.bytedeco.pytorch.Tensor(alive()), this);
    }
    return Native.call(
        "to " + device, () -> alive().to(device.handle(), handle.scalar_type()), this);
  }

  /** A copy with memory of its own. */
  public Tensor copy() {
    return Native.call("copy", () -> torch.clone(alive()), this);
  }

  /** The slices of dimension {@code dim} at {@code indices} (int64 [n]). */
  public Tensor indexSelect(int dim, Tensor indices) {
    return Native.call(
        "indexSelect", () -> torch.index_select(alive(), dim, indices.alive()), this, indices);
  }

  /** The tensors one after the other along an existing dimension. */
  public static Tensor concat(int dim, List<Tensor> tensors) {
    return Native.call("concat", () -> torch.cat(vector(tensors), dim), array(tensors));
  }

  /**
   * The same along the first dimension, sharing the memory where the tensors follow each other in
   * it already, as neighbours in a {@linkplain Safetensors#map mapped} file do.
   */
  public static Tensor joined(List<Tensor> tensors) {
    return MappedFile.joined(tensors);
  }

  static TensorVector vector(List<Tensor> tensors) {
    return new TensorVector(
        tensors.stream().map(Tensor::alive).toArray(org.bytedeco.pytorch.Tensor[]::new));
  }

  private static Tensor[] array(List<Tensor> tensors) {
    return tensors.toArray(Tensor[]::new);
  }

  // ------------------------------------------------------------------------------- arithmetic

  /** The sum, element by element; shapes broadcast. */
  public Tensor add(Tensor other) {
    return Native.call("add", () -> torch.add(alive(), other.alive()), this, other);
  }

  /** Every element plus {@code number}. */
  public Tensor add(double number) {
    return Native.call("add", () -> torch.add(alive(), new Scalar(number)), this);
  }

  /** The difference, element by element; shapes broadcast. */
  public Tensor sub(Tensor other) {
    return Native.call("sub", () -> torch.sub(alive(), other.alive()), this, other);
  }

  /** The product, element by element; shapes broadcast. */
  public Tensor mul(Tensor other) {
    return Native.call("mul", () -> torch.mul(alive(), other.alive()), this, other);
  }

  /** Every element times {@code factor}. */
  public Tensor mul(double factor) {
    return Native.call("mul", () -> torch.mul(alive(), new Scalar(factor)), this);
  }

  /** The quotient, element by element; shapes broadcast. */
  public Tensor div(Tensor other) {
    return Native.call("div", () -> torch.div(alive(), other.alive()), this, other);
  }

  /** The matrix product of the last two dimensions; the others broadcast. */
  public Tensor matmul(Tensor other) {
    return Native.call("matmul", () -> torch.matmul(alive(), other.alive()), this, other);
  }

  /** The hyperbolic tangent of every element. */
  public Tensor tanh() {
    return Native.call("tanh", () -> torch.tanh(alive()), this);
  }

  /** The exponential of every element. */
  public Tensor exp() {
    return Native.call("exp", () -> torch.exp(alive()), this);
  }

  /** The natural logarithm of every element. */
  public Tensor log() {
    return Native.call("log", () -> torch.log(alive()), this);
  }

  /** The cosine of every element, in radians. */
  public Tensor cos() {
    return Native.call("cos", () -> torch.cos(alive()), this);
  }

  /** The sine of every element, in radians. */
  public Tensor sin() {
    return Native.call("sin", () -> torch.sin(alive()), this);
  }

  /** The sum of all elements, a single number. */
  public Tensor sum() {
    return Native.call("sum", () -> alive().sum(), this);
  }

  /** The mean of all elements, a single number. */
  public Tensor mean() {
    return Native.call("mean", () -> alive().mean(), this);
  }

  /** The index of the largest element along a dimension, int64. */
  public Tensor argmax(int dim) {
    return Native.call("argmax", () -> torch.argmax(alive(), new LongOptional(dim), false), this);
  }

  // ------------------------------------------------------------------------------- in place

  /** Adds {@code factor * other} to this tensor. */
  public Tensor addInPlace(Tensor other, double factor) {
    checkUnrecorded("addInPlace", other);
    Native.run("addInPlace", () -> alive().add_(other.alive(), new Scalar(factor)), this, other);
    return this;
  }

  /** Multiplies every element by {@code factor}. */
  public Tensor mulInPlace(double factor) {
    checkUnrecorded("mulInPlace", this);
    Native.run("mulInPlace", () -> alive().mul_(new Scalar(factor)), this);
    return this;
  }

  /** Copies the elements of {@code source} here, converting type and device. */
  public Tensor copyInPlace(Tensor source) {
    checkUnrecorded("copyInPlace", source);
    Native.run("copyInPlace", () -> alive().copy_(source.alive()), this, source);
    return this;
  }

  /** The record knows results, not changes. */
  private void checkUnrecorded(String name, Tensor other) {
    if (Native.records(this, other)) {
      throw new TensorException(
          name
              + " of "
              + this
              + " and "
              + other
              + ": a gradient is recorded here; detach, or switch it off");
    }
  }

  // ------------------------------------------------------------------------------- gradients

  /** Asks for a gradient of this leaf, or asks for none; returns this tensor. */
  public Tensor requiresGrad(boolean wanted) {
    Native.run("requiresGrad", () -> alive().set_requires_grad(wanted), this);
    return this;
  }

  /** Whether operations on this tensor are recorded. */
  public boolean requiresGrad() {
    return alive().requires_grad();
  }

  /** The gradient that {@link #backward} has accumulated here, sharing its memory. */
  public Optional<Tensor> grad() {
    // libtorch hands out a reference into this tensor: copy the handle, not the memory.
    var grad = Native.call("grad", () -> new org.bytedeco.pytorch.Tensor(alive().grad()), this);
    if (grad.handle.defined()) {
      return Optional.of(grad);
    }
    grad.close();
    return Optional.empty();
  }

  /** Drops the accumulated gradient and its memory. */
  public void clearGrad() {
    Native.run("clearGrad", () -> alive().mutable_grad().reset(), this);
  }

  /** Computes the gradient of this single number with respect to every leaf that asked for one. */
  public void backward() {
    if (count() != 1) {
      throw new TensorException("backward of " + this + ": start from a single number");
    }
    Native.run("backward", () -> backward(torch.ones_like(alive())), this);
  }

  /** As {@link #backward()}, from a gradient of this tensor's shape. */
  void backward(org.bytedeco.pytorch.Tensor gradient) {
    if (node == null) {
      alive().backward(gradient, new BoolOptional(), false, new TensorArrayRefOptional());
      return;
    }
    try (var off = Gradients.off()) {
      node.backward(gradient);
    }
  }

  /** The same elements, outside the record of operations; the memory is shared. */
  public Tensor detach() {
    return Native.call("detach", () -> alive().detach(), this);
  }

  // ------------------------------------------------------------------------------- ownership

  /** The operation that made this, where it is recorded. */
  @Nullable Node node() {
    return node;
  }

  @Nullable Scope owner() {
    return owner;
  }

  void owner(@Nullable Scope scope) {
    owner = scope;
  }

  org.bytedeco.pytorch.Tensor alive() {
    if (closed) {
      throw new TensorException("this tensor has been freed; move it out of its scope to keep it");
    }
    return handle;
  }

  /** Frees this tensor now; a second call does nothing. */
  @Override
  public void close() {
    if (!closed) {
      closed = true;
      LIVE.decrementAndGet();
      converted.close();
      handle.close();
      if (node != null) {
        node.release();
      }
    }
  }
}
