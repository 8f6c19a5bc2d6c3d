package inkstone.model;

import inkstone.tensor.Before;
import inkstone.tensor.Device;
import inkstone.tensor.Functions;
import inkstone.tensor.QuantizedMatrix;
import inkstone.tensor.Scope;
import inkstone.tensor.Tensor;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/** The weight of a layer, in one of the storages that a layer can use. */
public sealed interface Weight {

  /** {@code x W^T + b}: [..., in] to [..., out]. */
  Tensor linear(Tensor x, Optional<Tensor> bias);

  /**
   * {@code added + before(x) W^T + b}, in one step where the storage has one.
   *
   * @param added of the result's shape
   */
  default Tensor linear(Before before, Tensor x, Optional<Tensor> bias, Optional<Tensor> added) {
    return Scope.of(
        () -> {
          var y = linear(before.apply(x), bias);
          return added.map(a -> a.add(y)).orElse(y);
        });
  }

  /** The rows at ids: int64 [...] to [..., in]. */
  Tensor rows(Tensor ids);

  /** All numbers as one tensor: the weight itself, or a copy in the innermost scope. */
  Tensor dense();

  /** The sizes of the dimensions. */
  long[] shape();

  /** Where it lives. */
  Device device();

  /** Moves it out of every scope: from now on it lives until {@link #close}. */
  void keep();

  /** Frees the memory. */
  void close();

  /** Every number for itself, so that it can be learned. */
  record Dense(Tensor tensor) implements Weight {
    @Override
    public Tensor linear(Tensor x, Optional<Tensor> bias) {
      return Functions.linear(x, tensor, bias);
    }

    @Override
    public Tensor rows(Tensor ids) {
      return Functions.embedding(tensor, ids);
    }

    @Override
    public Tensor dense() {
      return tensor;
    }

    @Override
    public long[] shape() {
      return tensor.shape();
    }

    @Override
    public Device device() {
      return tensor.device();
    }

    @Override
    public void keep() {
      Scope.keep(tensor);
    }

    @Override
    public void close() {
      tensor.close();
    }

    @Override
    public String toString() {
      return tensor.toString();
    }
  }

  /**
   * Whole numbers with scales, as a file has them; it cannot be learned.
   *
   * @param parts one above the other: several where a file has them in several types
   */
  record Quantized(List<QuantizedMatrix> parts) implements Weight {
    @Override
    public Tensor linear(Tensor x, Optional<Tensor> bias) {
      return Functions.linear(x, parts, bias);
    }

    @Override
    public Tensor linear(Before before, Tensor x, Optional<Tensor> bias, Optional<Tensor> added) {
      return Functions.linear(before, x, parts, bias, added);
    }

    @Override
    public Tensor rows(Tensor ids) {
      return Functions.embedding(parts, ids);
    }

    @Override
    public Tensor dense() {
      return Scope.of(
          () ->
              parts.size() == 1
                  ? parts.getFirst().dequantized()
                  : Tensor.concat(0, parts.stream().map(QuantizedMatrix::dequantized).toList()));
    }

    @Override
    public long[] shape() {
      return new long[] {
        parts.stream().mapToLong(QuantizedMatrix::rows).sum(), parts.getFirst().columns()
      };
    }

    @Override
    public Device device() {
      return Device.CPU;
    }

    @Override
    public void keep() {
      // No scope owns it.
    }

    @Override
    public void close() {
      parts.forEach(QuantizedMatrix::close);
    }

    @Override
    public String toString() {
      return "quantised " + Arrays.toString(shape());
    }
  }
}
