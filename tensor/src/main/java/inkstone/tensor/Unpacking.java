package inkstone.tensor;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/** Turns groups of a {@link QuantizedMatrix} into float32 numbers; one thread's own. */
interface Unpacking {

  /** Native memory by address; what is read lies inside a matrix or a tile. */
  MemorySegment ALL = MemorySegment.NULL.reinterpret(Long.MAX_VALUE);

  /** Writes a group's rows to columns {@code column} on of the tile. */
  void unpack(int group, int column);

  /**
   * Into a tile.
   *
   * @param tile the address of [columns, width] float32
   */
  static Unpacking of(QuantizedMatrix w, long tile, int width) {
    return Kernels.AVAILABLE ? new VectorUnpacking(w, tile, width) : new Plain(w, tile, width);
  }

  /** Number by number: the reference, and the way without the Vector API. */
  final class Plain implements Unpacking {

    private final QuantizedMatrix w;
    private final long tile;
    private final int width;
    private final byte[] group;
    private final float[] scales;
    private final float[] least;

    Plain(QuantizedMatrix w, long tile, int width) {
      this.w = w;
      this.tile = tile;
      this.width = width;
      group = new byte[Math.toIntExact(w.form.groupBytes(w.columns))];
      scales = new float[w.scaleCount()];
      least = new float[w.scaleCount()];
    }

    private void read(int number) {
      long at = w.address() + (long) number * group.length;
      MemorySegment.copy(ALL, ValueLayout.JAVA_BYTE, at, group, 0, group.length);
      w.scales(at, false, scales);
      if (w.form.least()) {
        w.scales(at, true, least);
      }
    }

    private float number(int lane, int column) {
      int at = column / w.form.unit() * PackedForm.ROWS + lane;
      int q = w.form.get(group, w.form.header(w.columns), lane, column) - w.form.offset();
      float value = scales[at] * q;
      return w.form.least() ? value + least[at] : value;
    }

    @Override
    public void unpack(int number, int column) {
      read(number);
      for (int j = 0; j < w.columns; j++) {
        long at = tile + ((long) j * width + column) * Float.BYTES;
        for (int lane = 0; lane < PackedForm.ROWS; lane++) {
          ALL.set(ValueLayout.JAVA_FLOAT, at + (long) lane * Float.BYTES, number(lane, j));
        }
      }
    }

    /** One row. */
    void row(int row, float[] to) {
      read(row / PackedForm.ROWS);
      for (int j = 0; j < w.columns; j++) {
        to[j] = number(row % PackedForm.ROWS, j);
      }
    }
  }
}
