package inkstone.model;

import inkstone.tensor.DType;
import inkstone.tensor.Device;
import inkstone.tensor.QuantizedMatrix;
import inkstone.tensor.Tensor;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.TreeMap;

/**
 * Quantised matrices on their way from a file to a decoder: the numbers of their rows travel in
 * place of the rows, as int64 [rows, 1]. Whatever the formats do (turn rows round, join matrices,
 * transpose twice) then says where each row goes, and it is read once, straight to its place.
 */
final class StoredRows {

  /** A matrix of a file. */
  interface Source {
    /** Equal for matrices whose rows can stand in one. */
    Object form();

    /** The matrix of some rows of sources of one form. */
    QuantizedMatrix matrix(List<Row> rows);
  }

  /** One row of a source. */
  record Row(Source source, int number) {}

  private final NavigableMap<Long, Source> sources = new TreeMap<>();
  private long next;

  /** What travels in place of a matrix with so many rows. */
  Tensor send(Source source, long rows) {
    sources.put(next, source);
    next += rows;
    return Tensor.range(next - rows, next, Device.CPU).reshape(rows, 1);
  }

  /** The decoder's weights, of what came out of the formats. */
  Map<String, Weight> receive(Map<String, Tensor> tensors) {
    var weights = new LinkedHashMap<String, Weight>();
    try {
      tensors.forEach(
          (name, tensor) ->
              weights.put(
                  name,
                  tensor.dtype() == DType.INT64
                      ? quantized(tensor.reshape(-1).toLongs())
                      : new Weight.Dense(tensor.contiguous())));
    } catch (RuntimeException | Error e) {
      weights.values().forEach(Weight::close);
      throw e;
    }
    return weights;
  }

  /** Rows one after the other, a matrix for each run of one form. */
  private Weight.Quantized quantized(long[] order) {
    var parts = new ArrayList<QuantizedMatrix>();
    try {
      var run = new ArrayList<Row>();
      for (long number : order) {
        var row = row(number);
        if (!run.isEmpty() && !run.getLast().source.form().equals(row.source.form())) {
          parts.add(run.getLast().source.matrix(run));
          run = new ArrayList<>();
        }
        run.add(row);
      }
      parts.add(run.getLast().source.matrix(run));
    } catch (RuntimeException | Error e) {
      parts.forEach(QuantizedMatrix::close);
      throw e;
    }
    return new Weight.Quantized(List.copyOf(parts));
  }

  private Row row(long number) {
    var source = sources.floorEntry(number);
    return new Row(source.getValue(), Math.toIntExact(number - source.getKey()));
  }
}
