package inkstone.tensor;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** The ways of {@link Functions#linear(Tensor, List, Optional)}. */
final class QuantizedLinear {

  /** More rows than that are worth widening the weight. */
  private static final int FEW = 8;

  private QuantizedLinear() {}

  static Tensor linear(Tensor x, List<QuantizedMatrix> weight, Optional<Tensor> bias) {
    return Scope.of(
        () -> {
          var given = x.dtype() == DType.FLOAT32 ? x : x.to(DType.FLOAT32);
          long count = given.count() / given.size(-1);
          var y =
              !given.device().equals(Device.CPU)
                  ? composed(given, weight)
                  : Kernels.AVAILABLE && count <= FEW
                      ? kernel(given, weight)
                      : tiles(given, weight);
          var shifted = bias.map(b -> y.add(b.dtype() == DType.FLOAT32 ? b : b.as(DType.FLOAT32)));
          return shifted.orElse(y).to(x.dtype());
        });
  }

  /** The reference: every number in float32, then an ordinary linear layer. */
  static Tensor composed(Tensor x, List<QuantizedMatrix> weight) {
    return Scope.of(
        () -> {
          var parts =
              weight.stream().map(QuantizedMatrix::dequantized).map(w -> w.to(x.device())).toList();
          return Functions.linear(x, Tensor.concat(0, parts), Optional.empty());
        });
  }

  /** The same some rows of the weight at a time. */
  static Tensor tiles(Tensor x, List<QuantizedMatrix> weight) {
    return Native.call(
        "linear",
        () -> {
          var rows = x.alive().detach().reshape(-1, columns(weight)).contiguous();
          return QuantizedTiles.product(rows, weight).view(shape(x, weight));
        },
        x);
  }

  /** Inputs rounded to 8 bits; see {@link QuantizedKernel}. */
  static Tensor kernel(Tensor x, List<QuantizedMatrix> weight) {
    return Native.call(
        "linear",
        () -> {
          var rows = x.alive().detach().contiguous();
          var y = rows.new_empty(shape(x, weight));
          QuantizedKernel.run(inputs(rows, columns(weight)), weight, Native.memory(y));
          return y;
        },
        x);
  }

  private static List<QuantizedInput> inputs(org.bytedeco.pytorch.Tensor x, int columns) {
    var memory = Native.memory(x);
    var rows = new ArrayList<QuantizedInput>();
    var row = new float[columns];
    for (long at = 0; at < memory.byteSize(); at += (long) columns * Float.BYTES) {
      MemorySegment.copy(memory, ValueLayout.JAVA_FLOAT, at, row, 0, columns);
      rows.add(QuantizedInput.of(row));
    }
    return rows;
  }

  private static int columns(List<QuantizedMatrix> weight) {
    return weight.getFirst().columns;
  }

  private static long[] shape(Tensor x, List<QuantizedMatrix> weight) {
    var shape = x.shape();
    shape[shape.length - 1] = weight.stream().mapToLong(part -> part.rows).sum();
    return shape;
  }
}
