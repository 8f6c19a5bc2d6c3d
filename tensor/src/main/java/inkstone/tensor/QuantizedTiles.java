package inkstone.tensor;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.List;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;

/**
 * The float32 numbers of a {@link QuantizedMatrix}, some rows at a time: a tile small enough for
 * the cache, transposed [columns, rows of the tile], as the groups give it.
 */
final class QuantizedTiles {

  /** Numbers of a tile: 1 MiB. */
  private static final int TILE = 1 << 18;

  /** The fewest rows that keep a product busy. */
  private static final int LEAST_ROWS = 64;

  private QuantizedTiles() {}

  /** Groups of a tile. */
  private static int groups(QuantizedMatrix w) {
    int rows = Math.max(LEAST_ROWS, TILE / w.columns);
    return Math.min(PackedForm.groups(w.rows), Math.max(1, rows / PackedForm.ROWS));
  }

  /** What is done with each tile: its numbers [columns, rows], and the first of its rows. */
  private interface Tile {
    void accept(Tensor numbers, int first, int rows);
  }

  private static void each(QuantizedMatrix w, Tile work) {
    int some = groups(w);
    int width = some * PackedForm.ROWS;
    var tile = torch.empty(w.columns, width);
    for (int group = 0; group < PackedForm.groups(w.rows); group += some) {
      int first = group;
      Workers.run(
          Math.min(some, PackedForm.groups(w.rows) - group),
          () -> {
            var unpacking = Unpacking.of(w, tile.data_ptr().address(), width);
            return i -> unpacking.unpack(first + i, i * PackedForm.ROWS);
          });
      int rows = Math.min(width, w.rows - group * PackedForm.ROWS);
      try (var temporaries = new PointerScope()) {
        work.accept(tile.narrow(1, 0, rows), group * PackedForm.ROWS, rows);
      }
    }
  }

  /** The whole matrix [rows, columns]. */
  static Tensor all(QuantizedMatrix w) {
    var all = torch.empty(w.rows, w.columns);
    each(w, (tile, first, rows) -> all.narrow(0, first, rows).copy_(tile.t()));
    return all;
  }

  /**
   * {@code x W^T} by libtorch, tile by tile.
   *
   * @param x [rows, columns] float32
   * @param parts one above the other
   */
  static Tensor product(Tensor x, List<QuantizedMatrix> parts) {
    long total = parts.stream().mapToLong(part -> part.rows).sum();
    var y = torch.empty(x.size(0), total);
    long[] start = {0};
    for (var part : parts) {
      each(
          part, (tile, first, rows) -> y.narrow(1, start[0] + first, rows).copy_(product(x, tile)));
      start[0] += part.rows;
    }
    return y;
  }

  /**
   * oneDNN takes a plain loop, hundreds of times slower, for a weight with gaps: a part of a tile.
   */
  private static Tensor product(Tensor x, Tensor tile) {
    return tile.is_contiguous() ? Operators.linear(x, tile.t(), new Tensor()) : x.mm(tile);
  }

  /** The rows at {@code ids} of matrices that stand one above the other: [ids, columns]. */
  static Tensor rows(List<QuantizedMatrix> parts, long[] ids) {
    int columns = parts.getFirst().columns;
    var y = torch.empty(ids.length, columns);
    if (ids.length > 0) {
      var to = Native.memory(y);
      Workers.run(
          ids.length,
          () -> {
            var row = new float[columns];
            return i -> {
              row(parts, ids[i], row);
              MemorySegment.copy(
                  row, 0, to, ValueLayout.JAVA_FLOAT, (long) i * columns * Float.BYTES, columns);
            };
          });
    }
    return y;
  }

  private static void row(List<QuantizedMatrix> parts, long id, float[] to) {
    long at = id;
    for (var part : parts) {
      if (at < part.rows) {
        new Unpacking.Plain(part, 0, 0).row(Math.toIntExact(at), to);
        return;
      }
      at -= part.rows;
    }
    throw new TensorException("there is no row " + id);
  }
}
