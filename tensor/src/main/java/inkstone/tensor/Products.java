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
  static void left(float[] x, int row, int m, int k, float[] to) {
    for (int strip = 0; strip < m; strip += ROWS) {
      int base = strip * k;
      int first = strip * row;
      if (strip + ROWS > m) {
        edge(x, first, row, m - strip, k, to, base, ROWS);
        continue;
      }
      int second = first + row;
      int third = second + row;
      int fourth = third + row;
      for (int j = 0; j < k; j++) {
        to[base + ROWS * j] = x[first + j];
        to[base + ROWS * j + 1] = x[second + j];
        to[base + ROWS * j + 2] = x[third + j];
        to[base + ROWS * j + 3] = x[fourth + j];
      }
    }
  }

  /** Packs the transpose of x [n, k], that is [k, n], as the right factor. */
  static void rightOfTransposed(float[] x, int row, int n, int k, float[] to) {
    for (int strip = 0; strip < n; strip += COLUMNS) {
      edge(x, strip * row, row, Math.min(COLUMNS, n - strip), k, to, strip * k, COLUMNS);
    }
  }

  /** One strip, {@code some} of whose {@code width} rows are there. */
  private static void edge(
      float[] x, int from, int row, int some, int k, float[] to, int base, int width) {
    for (int i = 0; i < width; i++) {
      for (int j = 0; j < k; j++) {
        to[base + j * width + i] = i < some ? x[from + i * row + j] : 0;
      }
    }
  }

  /** Packs the transpose of x [k, m], that is [m, k], as the left factor; m a multiple of ROWS. */
  static void leftOfTransposed(float[] x, int row, int m, int k, float[] to) {
    for (int i = 0; i < k; i++) {
      int from = i * row;
      for (int j = 0; j < m; j += ROWS) {
        int base = j * k + i * ROWS;
        to[base] = x[from + j];
        to[base + 1] = x[from + j + 1];
        to[base + 2] = x[from + j + 2];
        to[base + 3] = x[from + j + 3];
      }
    }
  }

  /**
   * Packs x [k, n] as the right factor, its strips {@code strip} apart; n a multiple of COLUMNS.
   */
  static void right(float[] x, int row, int n, int k, float[] to, int strip) {
    for (int j = 0; j < n; j += COLUMNS) {
      int base = j / COLUMNS * strip;
      for (int i = 0; i < k; i++) {
        FloatVector.fromArray(SPECIES, x, i * row + j).intoArray(to, base + i * COLUMNS);
        FloatVector.fromArray(SPECIES, x, i * row + j + LANES)
            .intoArray(to, base + i * COLUMNS + LANES);
      }
    }
  }
}
