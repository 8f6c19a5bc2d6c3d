package inkstone.tensor;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
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

  /** More rows than that are worth widening the weight. */
  private static final int FEW = 8;

  Tensor forward() {
    if (Kernels.AVAILABLE
        && x.count() / x.size(-1) <= FEW
        && isPlain(x)
        && bias.map(QuantizedLinear::isPlain).orElse(true)
        && added.map(QuantizedLinear::isPlain).orElse(true)
        && (!(before instanceof Before.RmsNorm norm) || isPlain(norm.weight()))) {
      return kernel();
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
    return Native.call(
        "linear",
        () -> {
          var y = org.bytedeco.pytorch.global.torch.empty(shape());
          new QuantizedKernel(
                  inputs(),
                  weight,
                  y.data_ptr().address(),
                  bias.map(QuantizedLinear::address).orElse(0L),
                  added.map(QuantizedLinear::address).orElse(0L))
              .run();
          return y;
        },
        x);
  }

  private static long address(Tensor x) {
    return x.alive().data_ptr().address();
  }

  private List<QuantizedInput> inputs() {
    int width = weight.getFirst().columns * before.times();
    int rows = (int) (x.count() / width);
    var memory = MemorySegment.ofAddress(address(x)).reinterpret((long) rows * width * Float.BYTES);
    var inputs = new ArrayList<QuantizedInput>(rows);
    var row = new float[width];
    var scale =
        before instanceof Before.RmsNorm norm ? RowNorm.weights(norm.weight().alive()) : row;
    for (int i = 0; i < rows; i++) {
      MemorySegment.copy(
          memory, ValueLayout.JAVA_FLOAT, (long) i * width * Float.BYTES, row, 0, width);
      switch (before) {
        case Before.Nothing nothing -> {}
        case Before.RmsNorm norm -> RowNorm.normalize(row, scale, norm.epsilon());
        case Before.SwiGlu gate -> SwiGlu.forward(row, width / 2);
      }
      inputs.add(QuantizedInput.of(row, weight.getFirst().columns));
    }
    return inputs;
  }

  private long[] shape() {
    var shape = x.shape();
    shape[shape.length - 1] = weight.stream().mapToLong(part -> part.rows).sum();
    return shape;
  }
}
