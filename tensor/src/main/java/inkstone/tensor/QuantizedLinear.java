package inkstone.tensor;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.List;
import java.util.Optional;

/**
 * The ways of {@link Functions#linear(Before, Tensor, List, Optional, Optional)}.
 *
 * @param added to the result: biases [out], and a tensor of its shape
 */
record QuantizedLinear(
    Before before,
    Tensor x,
    List<QuantizedMatrix> weight,
    Optional<Tensor> bias,
    Optional<Tensor> added) {

  /** Numbers of rows that are rounded at one time, at most; beyond that, memory counts. */
  private static final int SOME = 1 << 22;

  /** Rows that a thread rounds at once. */
  private static final int PIECE = 2;

  Tensor forward() {
    if (Kernels.AVAILABLE
        && x.count() > 0
        && isPlain(x)
        && bias.map(QuantizedLinear::isPlain).orElse(true)
        && added.map(QuantizedLinear::isPlain).orElse(true)
        && (!(before instanceof Before.RmsNorm norm) || isPlain(norm.weight()))) {
      return DotKernel.takes(weight) ? machine() : kernel();
    }
    return Scope.of(
        () -> {
          var given = before.apply(x);
          var wide = given.dtype() == DType.FLOAT32 ? given : given.to(DType.FLOAT32);
          var seen =
              new QuantizedLinear(Before.NOTHING, wide, weight, Optional.empty(), Optional.empty());
          var y = wide.device().equals(Device.CPU) ? seen.tiles() : seen.composed();
          var typed = y.to(x.dtype());
          var shifted =
              bias.map(b -> typed.add(b.dtype() == x.dtype() ? b : b.as(x.dtype()))).orElse(typed);
          return added.map(shifted::add).orElse(shifted);
        });
  }

  private static boolean isPlain(Tensor x) {
    return x.dtype() == DType.FLOAT32 && x.device().equals(Device.CPU) && x.alive().is_contiguous();
  }

  /** The reference: every number in float32, then an ordinary linear layer. */
  Tensor composed() {
    return Scope.of(
        () -> {
          var given = before.apply(x);
          var parts =
              weight.stream().map(QuantizedMatrix::dequantized).map(w -> w.to(x.device())).toList();
          var y = Functions.linear(given, Tensor.concat(0, parts), bias);
          return added.map(y::add).orElse(y);
        });
  }

  /** The product alone, some rows of the weight at a time. */
  Tensor tiles() {
    return Native.call(
        "linear",
        () -> {
          var rows = x.alive().detach().reshape(-1, weight.getFirst().columns).contiguous();
          return QuantizedTiles.product(rows, weight).view(shape());
        },
        x);
  }

  /** Inputs rounded to 8 bits; see {@link QuantizedKernel}. */
  Tensor kernel() {
    return rows(
        (first, rows, y, bias, added) ->
            new QuantizedKernel(inputs(first, rows), weight, y, bias, added).run());
  }

  /** The same numbers by machine code; see {@link DotKernel}. */
  Tensor machine() {
    return rows(
        (first, rows, y, bias, added) -> {
          var rounded = RoundedRows.of(rows, weight.getFirst().columns);
          each(first, rows, rounded::put);
          new DotKernel(rounded, weight, y, bias, added).run();
        });
  }

  /** A product of some rows, all but the inputs by address. */
  private interface Product {
    void of(int first, int rows, long y, long bias, long added);
  }

  private Tensor rows(Product product) {
    return Native.call(
        "linear",
        () -> {
          var shape = shape();
          long out = shape[shape.length - 1];
          var y = org.bytedeco.pytorch.global.torch.empty(shape);
          int rows = Math.toIntExact(y.numel() / out);
          int some = Math.max(QuantizedStrips.ROWS, SOME / weight.getFirst().columns);
          for (int first = 0; first < rows; first += some) {
            long past = first * out * Float.BYTES;
            product.of(
                first,
                Math.min(some, rows - first),
                y.data_ptr().address() + past,
                bias.map(QuantizedLinear::address).orElse(0L),
                added.map(a -> address(a) + past).orElse(0L));
          }
          return y;
        },
        x);
  }

  private static long address(Tensor x) {
    return x.alive().data_ptr().address();
  }

  private List<QuantizedInput> inputs(int first, int rows) {
    var inputs = new QuantizedInput[rows];
    int columns = weight.getFirst().columns;
    each(first, rows, (i, row) -> inputs[i] = QuantizedInput.of(row, columns));
    return List.of(inputs);
  }

  /** Takes a row of what the product sees. */
  private interface Row {
    void take(int i, float[] row);
  }

  /** Rows from {@code first} on. */
  private void each(int first, int rows, Row to) {
    int width = weight.getFirst().columns * before.times();
    var memory = MemorySegment.ofAddress(address(x)).reinterpret(x.count() * Float.BYTES);
    var scale =
        before instanceof Before.RmsNorm norm
            ? RowNorm.weights(norm.weight().alive())
            : new float[0];
    Workers.run(
        (rows + PIECE - 1) / PIECE,
        () -> {
          var row = new float[width];
          return piece -> {
            for (int i = piece * PIECE; i < Math.min(rows, (piece + 1) * PIECE); i++) {
              long at = (long) (first + i) * width * Float.BYTES;
              MemorySegment.copy(memory, ValueLayout.JAVA_FLOAT, at, row, 0, width);
              prepare(row, scale);
              to.take(i, row);
            }
          };
        });
  }

  private void prepare(float[] row, float[] scale) {
    switch (before) {
      case Before.Nothing nothing -> {}
      case Before.RmsNorm norm -> RowNorm.normalize(row, scale, norm.epsilon());
      case Before.SwiGlu gate -> SwiGlu.forward(row, row.length / 2);
    }
  }

  private long[] shape() {
    var shape = x.shape();
    shape[shape.length - 1] = weight.stream().mapToLong(part -> part.rows).sum();
    return shape;
  }
}
