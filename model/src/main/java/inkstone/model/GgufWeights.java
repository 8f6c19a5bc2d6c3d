package inkstone.model;

import inkstone.tensor.DType;
import inkstone.tensor.Device;
import inkstone.tensor.Gguf;
import inkstone.tensor.GgufFile;
import inkstone.tensor.GgufType;
import inkstone.tensor.QuantizedMatrix;
import inkstone.tensor.Tensor;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.TreeMap;
import java.util.regex.Pattern;

/**
 * The tensors of a file on their way to a decoder. Of those that stay in their blocks the numbers
 * of the rows travel in place of the rows, as int64 [rows, 1]: whatever the formats do (turn rows
 * round, join matrices, transpose twice) then says where each row goes, and the blocks are read
 * once, straight to their place.
 */
final class GgufWeights {

  private static final Pattern BLOCK = Pattern.compile("(.*\\.\\d+\\..*)\\.[^.]+\\.[^.]+");

  private final GgufFile file;
  private final boolean blocks;
  private final NavigableMap<Long, GgufFile.Entry> sources = new TreeMap<>();
  private final Map<String, Boolean> keeps = new HashMap<>();
  private long rows;

  /** Whether {@code blocks} that can stay do. */
  GgufWeights(GgufFile file, boolean blocks) {
    this.file = file;
    this.blocks = blocks;
  }

  /** Tells which tensors there are, by Hugging Face's names; needed before {@link #read}. */
  void names(Map<String, String> theirs) {
    theirs.forEach(
        (name, hf) -> {
          var entry = file.entry(name);
          if (entry.shape().size() == 2) {
            boolean can = blocks && QuantizedMatrix.keeps(entry.type(), entry.shape().getLast());
            keeps.merge(module(hf), can, Boolean::logicalAnd);
          }
        });
  }

  /** What is joined lies in one module of a block, and stays as it is only as a whole. */
  private static String module(String theirs) {
    var block = BLOCK.matcher(theirs);
    return block.matches() ? block.group(1) : theirs;
  }

  /** The numbers of a tensor, or those of its rows. */
  Tensor read(String name, String theirs) {
    var entry = file.entry(name);
    if (entry.shape().size() != 2
        || entry.shape().getFirst() == 0
        || !keeps.getOrDefault(module(theirs), false)) {
      return Gguf.read(file, name);
    }
    long count = entry.shape().getFirst();
    sources.put(rows, entry);
    rows += count;
    return Tensor.range(rows - count, rows, Device.CPU).reshape(count, 1);
  }

  /** The decoder's weights, of what came out of the formats. */
  Map<String, Weight> arranged(Map<String, Tensor> tensors) {
    var weights = new LinkedHashMap<String, Weight>();
    try {
      tensors.forEach(
          (name, tensor) ->
              weights.put(
                  name,
                  tensor.dtype() == DType.INT64
                      ? blocks(tensor.reshape(-1).toLongs())
                      : new Weight.Dense(tensor.contiguous())));
    } catch (RuntimeException | Error e) {
      weights.values().forEach(Weight::close);
      throw e;
    }
    return weights;
  }

  /** Rows one after the other, a matrix for each run of one type. */
  private Weight.Quantized blocks(long[] order) {
    var parts = new ArrayList<QuantizedMatrix>();
    try {
      for (int from = 0, to; from < order.length; from = to) {
        var type = type(order[from]);
        for (to = from + 1; to < order.length && type(order[to]) == type; ) {
          to++;
        }
        parts.add(matrix(type, order, from, to));
      }
    } catch (RuntimeException | Error e) {
      parts.forEach(QuantizedMatrix::close);
      throw e;
    }
    return new Weight.Quantized(List.copyOf(parts));
  }

  private GgufType type(long row) {
    return sources.floorEntry(row).getValue().type();
  }

  private QuantizedMatrix matrix(GgufType type, long[] order, int from, int to) {
    long columns = sources.floorEntry(order[from]).getValue().shape().getLast();
    long bytes = columns / type.blockElements() * type.blockBytes();
    return QuantizedMatrix.of(
        type,
        to - from,
        Math.toIntExact(columns),
        i -> {
          var source = sources.floorEntry(order[from + i]);
          return source
              .getValue()
              .data()
              .asSlice((order[from + i] - source.getKey()) * bytes, bytes);
        });
  }
}
