package inkstone.tensor;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorSpecies;

/**
 * Small matrix products with the Vector API. Both factors are packed first, so that the innermost
 * loop reads them one after the other (Goto and van de Geijn, 2008, section 4): the left one in
 * strips of {@link #ROWS} rows, {@code [m / ROWS][k][ROWS]}, the right one in strips of {@link
 * #COLUMNS} columns, {@code [n / COLUMNS][k][COLUMNS]}.
 */
final class Products {

  private static final VectorSpecies<Float> SPECIES = FloatVector.SPECIES_PREFERRED;
  private static final int LANES = SPECIES.length();

  /** Eight accumulators: enough to hide the latency of a multiply-add, few enough for registers. */
  static final int ROWS = 4;

  static final int COLUMNS = 2 * LANES;

  private Products() {}

  static int up(int size, int multiple) {
    return (size + multiple - 1) / multiple * multiple;
  }

  /**
   * {@code c = a b}, or {@code c += a b} with {@code add}: m a multiple of ROWS, n of COLUMNS.
   *
   * @param b packed, its strips {@code strip} numbers apart, at {@code from}
   * @param start where c begins
   * @param row the numbers from one row of c to the next
   */
  static void multiply(
      int m,
      int n,
      int k,
      float[] a,
      float[] b,
      int from,
      int strip,
      float[] c,
      int start,
      int row,
      boolean add) {
    for (int j = 0; j < n; j += COLUMNS) {
      int right = from + j / COLUMNS * strip;
      for (int i = 0; i < m; i += ROWS) {
        tile(k, a, i * k, b, right, c, start + i * row + j, row, add);
      }
    }
  }

  private static void tile(
      int k, float[] a, int left, float[] b, int right, float[] c, int at, int row, boolean add) {
    int second = at + row;
    int third = second + row;
    int fourth = third + row;
    FloatVector c00, c01, c10, c11, c20, c21, c30, c31;
    if (add) {
      c00 = FloatVector.fromArray(SPECIES, c, at);
      c01 = FloatVector.fromArray(SPECIES, c, at + LANES);
      c10 = FloatVector.fromArray(SPECIES, c, second);
      c11 = FloatVector.fromArray(SPECIES, c, second + LANES);
      c20 = FloatVector.fromArray(SPECIES, c, third);
      c21 = FloatVector.fromArray(SPECIES, c, third + LANES);
      c30 = FloatVector.fromArray(SPECIES, c, fourth);
      c31 = FloatVector.fromArray(SPECIES, c, fourth + LANES);
    } else {
      c00 = c01 = c10 = c11 = c20 = c21 = c30 = c31 = FloatVector.zero(SPECIES);
    }
    for (int i = 0; i < k; i++) {
      var b0 = FloatVector.fromArray(SPECIES, b, right + i * COLUMNS);
      var b1 = FloatVector.fromArray(SPECIES, b, right + i * COLUMNS + LANES);
      var x = FloatVector.broadcast(SPECIES, a[left + i * ROWS]);
      c00 = x.fma(b0, c00);
      c01 = x.fma(b1, c01);
      x = FloatVector.broadcast(SPECIES, a[left + i * ROWS + 1]);
      c10 = x.fma(b0, c10);
      c11 = x.fma(b1, c11);
      x = FloatVector.broadcast(SPECIES, a[left + i * ROWS + 2]);
      c20 = x.fma(b0, c20);
      c21 = x.fma(b1, c21);
      x = FloatVector.broadcast(SPECIES, a[left + i * ROWS + 3]);
      c30 = x.fma(b0, c30);
      c31 = x.fma(b1, c31);
    }
    c00.intoArray(c, at);
    c01.intoArray(c, at + LANES);
    c10.intoArray(c, second);
    c11.intoArray(c, second + LANES);
    c20.intoArray(c, third);
    c21.intoArray(c, third + LANES);
    c30.intoArray(c, fourth);
    c31.intoArray(c, fourth + LANES);
  }

  /** Packs x [m, k] as the left factor; rows beyond m become 0. */
  static void left(float[] x, int row, int from, int m, int k, float[] to) {
    pack(x, row, from, m, k, to, ROWS);
  }

  /** Packs the transpose of x [n, k], that is [k, n], as the right factor. */
  static void rightOfTransposed(float[] x, int row, int n, int k, float[] to) {
    pack(x, row, 0, n, k, to, COLUMNS);
  }

  private static void pack(float[] x, int row, int from, int count, int k, float[] to, int width) {
    for (int strip = 0; strip < count; strip += width) {
      int base = strip * k;
      int some = Math.min(width, count - strip);
      for (int i = 0; i < some; i++) {
        int source = from + (strip + i) * row;
        for (int j = 0; j < k; j++) {
          to[base + j * width + i] = x[source + j];
        }
      }
      for (int i = some; i < width; i++) {
        for (int j = 0; j < k; j++) {
          to[base + j * width + i] = 0;
        }
      }
    }
  }

  /** Packs the transpose of x [k, m], that is [m, k], as the left factor; m a multiple of ROWS. */
  static void leftOfTransposed(float[] x, int row, int from, int m, int k, float[] to) {
    strips(x, row, from, m, k, to, ROWS, k * ROWS);
  }

  /**
   * Packs x [k, n] as the right factor, its strips {@code strip} apart; n a multiple of COLUMNS.
   */
  static void right(float[] x, int row, int n, int k, float[] to, int strip) {
    strips(x, row, 0, n, k, to, COLUMNS, strip);
  }

  private static void strips(
      float[] x, int row, int from, int count, int k, float[] to, int width, int strip) {
    for (int j = 0; j < count; j += width) {
      int base = j / width * strip;
      for (int i = 0; i < k; i++) {
        System.arraycopy(x, from + i * row + j, to, base + i * width, width);
      }
    }
  }
}
