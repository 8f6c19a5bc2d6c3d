package inkstone.tensor;

import java.lang.foreign.MemorySegment;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Supplier;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.DeviceOptional;
import org.bytedeco.pytorch.GradMode;
import org.bytedeco.pytorch.TensorOptions;
import org.bytedeco.pytorch.global.torch.ScalarType;

/** The one place where libtorch is called: ownership of results, temporaries, error messages. */
final class Native {

  private static final Map<DType, ScalarType> TYPES = new EnumMap<>(DType.class);
  private static final Map<ScalarType, DType> DTYPES = new EnumMap<>(ScalarType.class);
  private static final Map<String, TensorOptions> OPTIONS = new ConcurrentHashMap<>();

  static {
    Engine.load();
    TYPES.put(DType.FLOAT32, ScalarType.Float);
    TYPES.put(DType.FLOAT64, ScalarType.Double);
    TYPES.put(DType.BFLOAT16, ScalarType.BFloat16);
    TYPES.put(DType.FLOAT16, ScalarType.Half);
    TYPES.put(DType.INT64, ScalarType.Long);
    TYPES.put(DType.INT32, ScalarType.Int);
    TYPES.put(DType.UINT8, ScalarType.Byte);
    TYPES.put(DType.BOOL, ScalarType.Bool);
    TYPES.forEach((dtype, type) -> DTYPES.put(type, dtype));
  }

  private static final long STOP_NANOS = 10_000_000_000L;
  private static final AtomicInteger RUNNING = new AtomicInteger();
  private static volatile boolean stopped;

  private Native() {}

  /**
   * Calls libtorch: whatever native object the call makes on the way is freed, its result becomes a
   * tensor of the innermost scope, and a failure is told with the operation's name and shapes.
   */
  static Tensor call(String name, Supplier<org.bytedeco.pytorch.Tensor> body, Tensor... inputs) {
    enter();
    try (var temporaries = new PointerScope()) {
      var result = body.get();
      if (!result.requires_grad()) {
        return Tensor.own(result, null);
      }
      if (result.is_leaf()) { // an operation without effect gives its very input
        var input = Arrays.stream(inputs).filter(i -> i.handle.is_same(result)).findFirst();
        return Tensor.own(result, input.map(Tensor::node).orElse(null));
      }
      return record(new Operation.Recorded(result), result.detach(), inputs);
    } catch (RuntimeException e) {
      throw explain(name, e, inputs);
    } finally {
      RUNNING.decrementAndGet();
    }
  }

  /** As {@link #call}, for an operation with a backward of its own. */
  static Tensor perform(String name, Supplier<Operation> making, Tensor... inputs) {
    enter();
    boolean records = records(inputs);
    Operation operation = null;
    boolean kept = false;
    try (var temporaries = new PointerScope();
        var off = Gradients.off()) {
      operation = making.get();
      var result = operation.forward();
      if (!records) {
        return Tensor.own(result, null);
      }
      var recorded = record(operation, result, inputs);
      kept = true;
      return recorded;
    } catch (RuntimeException e) {
      throw explain(name, e, inputs);
    } finally {
      if (operation != null && !kept) {
        operation.close();
      }
      RUNNING.decrementAndGet();
    }
  }

  /** Whether an operation on these would be recorded. */
  static boolean records(Tensor... inputs) {
    return GradMode.is_enabled() && Arrays.stream(inputs).anyMatch(Tensor::requiresGrad);
  }

  private static Tensor record(
      Operation operation, org.bytedeco.pytorch.Tensor result, Tensor... inputs) {
    result.set_requires_grad(true);
    return Tensor.own(result, new Node(result, operation, inputs));
  }

  /** As {@link #call}, for a call without a result. */
  static void run(String name, Runnable body, Tensor... inputs) {
    enter();
    try (var temporaries = new PointerScope()) {
      body.run();
    } catch (RuntimeException e) {
      throw explain(name, e, inputs);
    } finally {
      RUNNING.decrementAndGet();
    }
  }

  private static void enter() {
    RUNNING.incrementAndGet();
    if (stopped) {
      RUNNING.decrementAndGet();
      while (true) {
        LockSupport.park();
      }
    }
  }

  /** See {@link Engine#stop}. */
  static void stop() {
    stopped = true;
    long end = System.nanoTime() + STOP_NANOS;
    while (RUNNING.get() > 0 && System.nanoTime() < end) {
      LockSupport.parkNanos(1_000_000);
    }
  }

  private static TensorException explain(String name, RuntimeException e, Tensor... inputs) {
    var message = new StringBuilder(name);
    for (int i = 0; i < inputs.length; i++) {
      message.append(i == 0 ? " of " : " and ").append(inputs[i]);
    }
    var cause = String.valueOf(e.getMessage()).lines().findFirst().orElse("");
    return new TensorException(message.append(": ").append(cause).toString(), e);
  }

  static ScalarType type(DType dtype) {
    var type = TYPES.get(dtype);
    if (type == null) {
      throw new TensorException(dtype + " can be stored in files but not computed with");
    }
    return type;
  }

  static DType dtype(ScalarType type) {
    var dtype = DTYPES.get(type.intern());
    if (dtype == null) {
      throw new TensorException("libtorch's element type " + type.intern() + " is not used here");
    }
    return dtype;
  }

  /** Kept for the life of the process: a handful, one for each pair of type and device. */
  static TensorOptions options(DType dtype, Device device) {
    return OPTIONS.computeIfAbsent(
        dtype + "@" + device,
        key -> {
          TensorOptions options =
              new TensorOptions(type(dtype)).device(new DeviceOptional(device.handle()));
          options.retainReference();
          return options;
        });
  }

  /** The memory of a contiguous CPU tensor, valid while the tensor lives. */
  static MemorySegment memory(org.bytedeco.pytorch.Tensor handle) {
    if (handle.nbytes() == 0) {
      return MemorySegment.NULL; // libtorch has no address for what holds nothing
    }
    try (var temporaries = new PointerScope()) {
      return MemorySegment.ofAddress(handle.data_ptr().address()).reinterpret(handle.nbytes());
    }
  }
}
