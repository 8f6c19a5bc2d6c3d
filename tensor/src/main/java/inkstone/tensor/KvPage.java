package inkstone.tensor;

import java.lang.foreign.MemorySegment;
import java.util.Optional;

/**
 * Room for the keys and values of {@value #TOKENS} neighbouring tokens of a sequence, in all layers
 * (Kwon et al., 2023, section 4.1). Keys lie across, values down, both in strips as a kernel's
 * right factor does ({@link Products}), so that nothing is packed when they are read.
 *
 * <p>Used by one thread at a time, and until it is closed.
 */
public final class KvPage implements AutoCloseable {

  /** The tokens that a page has room for. */
  public static final int TOKENS = 32;

  /** The columns of a strip. */
  static final int STRIP = Kernels.AVAILABLE ? Products.COLUMNS : 16;

  /** What is added to a signed byte, as libtorch's bytes here have no sign. */
  static final int OFFSET = 128;

  /**
   * What a page holds.
   *
   * @param layers of the network
   * @param heads of keys and values
   * @param dim the numbers of a head
   */
  public record Shape(KvType type, int layers, int heads, int dim) {

    /** Refuses what cannot be. */
    public Shape {
      if (layers < 1 || heads < 1 || dim < 1) {
        throw new TensorException(
            "a page of %d layers, %d heads and %d numbers: give 1 or more of each"
                .formatted(layers, heads, dim));
      }
    }

    /** The memory of a page. */
    public long bytes() {
      long rows = (long) layers * heads * TOKENS;
      return rows * (dim + wide()) * type.dtype().bytes()
          + (type == KvType.INT8 ? 2 * rows * Float.BYTES : 0);
    }

    /** {@code dim}, filled up to whole strips. */
    int wide() {
      return (dim + STRIP - 1) / STRIP * STRIP;
    }
  }

  private final Shape shape;
  private final Device device;
  private final Tensor keys; // [layers, heads, TOKENS / STRIP, dim, STRIP]
  private final Tensor values; // [layers, heads, wide / STRIP, TOKENS, STRIP]
  private final Optional<Tensor> scales; // [2, layers, heads, TOKENS]: of keys, then of values
  private final MemorySegment keyMemory;
  private final MemorySegment valueMemory;
  private final MemorySegment scaleMemory;

  private KvPage(Shape shape, Device device) {
    this.shape = shape;
    this.device = device;
    int layers = shape.layers;
    int heads = shape.heads;
    var type = shape.type.dtype();
    keys = zeros(type, device, layers, heads, TOKENS / STRIP, shape.dim, STRIP);
    values = zeros(type, device, layers, heads, shape.wide() / STRIP, TOKENS, STRIP);
    scales =
        shape.type == KvType.INT8
            ? Optional.of(zeros(DType.FLOAT32, device, 2, layers, heads, TOKENS))
            : Optional.empty();
    boolean reachable = device.equals(Device.CPU);
    keyMemory = reachable ? Native.memory(keys.alive()) : MemorySegment.NULL;
    valueMemory = reachable ? Native.memory(values.alive()) : MemorySegment.NULL;
    scaleMemory =
        reachable && scales.isPresent() ? Native.memory(scales.get().alive()) : MemorySegment.NULL;
  }

  private static Tensor zeros(DType type, Device device, long... shape) {
    return Scope.keep(Tensor.zeros(type, device, shape));
  }

  /** An empty page, which is the caller's. */
  public static KvPage of(Shape shape, Device device) {
    return new KvPage(shape, device);
  }

  /** What it holds. */
  public Shape shape() {
    return shape;
  }

  /** Takes over all that another page of the same shape holds. */
  public void copyFrom(KvPage other) {
    if (!shape.equals(other.shape)) {
      throw new TensorException("a page of " + shape + " cannot take over one of " + other.shape);
    }
    keys.copyInPlace(other.keys);
    values.copyInPlace(other.values);
    scales.ifPresent(mine -> other.scales.ifPresent(mine::copyInPlace));
  }

  Device device() {
    return device;
  }

  Tensor keys() {
    return keys;
  }

  Tensor values() {
    return values;
  }

  Optional<Tensor> scales() {
    return scales;
  }

  MemorySegment keyMemory() {
    keys.alive();
    return keyMemory;
  }

  MemorySegment valueMemory() {
    values.alive();
    return valueMemory;
  }

  MemorySegment scaleMemory() {
    return scaleMemory;
  }

  /** Where the keys of a layer and head begin, in numbers. */
  long keysAt(int layer, int head) {
    return ((long) layer * shape.heads + head) * TOKENS * shape.dim;
  }

  /** Where the values of a layer and head begin, in numbers. */
  long valuesAt(int layer, int head) {
    return ((long) layer * shape.heads + head) * TOKENS * shape.wide();
  }

  /** Where the factors of the keys, or else of the values, of a layer and head begin. */
  long scalesAt(boolean ofKeys, int layer, int head) {
    return (((ofKeys ? 0L : shape.layers) + layer) * shape.heads + head) * TOKENS;
  }

  /** Frees the memory; a second call does nothing. */
  @Override
  public void close() {
    keys.close();
    values.close();
    scales.ifPresent(Tensor::close);
  }
}
