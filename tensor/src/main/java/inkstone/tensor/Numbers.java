package inkstone.tensor;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch.ScalarType;

/**
 * The memory of a float32 or bfloat16 tensor on the CPU, for a kernel to read and write as float32.
 * Valid while the tensor lives.
 *
 * @param half whether a number has 16 bits
 */
record Numbers(MemorySegment memory, boolean half) {

  /** Of a contiguous tensor. */
  static Numbers of(Tensor x) {
    return of(x, x.numel());
  }

  /** The first {@code count} numbers from the tensor's first on. */
  static Numbers of(Tensor x, long count) {
    boolean half = isHalf(x);
    var memory =
        count == 0
            ? MemorySegment.NULL
            : MemorySegment.ofAddress(x.data_ptr().address())
                .reinterpret(count * (half ? Short.BYTES : Float.BYTES));
    return new Numbers(memory, half);
  }

  static boolean isHalf(Tensor x) {
    return x.scalar_type().intern() == ScalarType.BFloat16;
  }

  /** Copies numbers from {@code at} on to an array. */
  void read(long at, float[] to, int start, int count) {
    if (half) {
      Bfloat16.widen(memory, at * Short.BYTES, to, start, count);
    } else {
      MemorySegment.copy(memory, ValueLayout.JAVA_FLOAT, at * Float.BYTES, to, start, count);
    }
  }

  /** The reverse. */
  void write(float[] from, int start, long at, int count) {
    if (half) {
      Bfloat16.narrow(from, start, memory, at * Short.BYTES, count);
    } else {
      MemorySegment.copy(from, start, memory, ValueLayout.JAVA_FLOAT, at * Float.BYTES, count);
    }
  }
}
