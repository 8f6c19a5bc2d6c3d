package inkstone.tensor;

import static inkstone.tensor.VectorUnpacking.FLOATS;

import java.util.Arrays;
import jdk.incubator.vector.FloatVector;

/**
 * {@link QuantizedKernel} for more rows: the whole numbers of a group are unpacked to floats once,
 * small enough for the cache, and multiplied with every strip of inputs. Sums of products of whole
 * numbers below 2^24 are exact in float32, so that each number is bit for bit that of the kernel
 * for few rows, whose order of adding scaled sums this one keeps.
 */
final class StripKernel {

  private static final int LANES = Lanes.COUNT;
  private static final int WIDTH = PackedForm.ROWS;
  private static final int ROWS = QuantizedStrips.ROWS;

  /** Products that a thread takes at once, when it can: some dozen microseconds' work. */
  private static final int PIECE = 1 << 19;

  private final QuantizedKernel kernel;
  private final QuantizedStrips x;
  private final QuantizedOutput output;

  StripKernel(QuantizedKernel kernel) {
    this.kernel = kernel;
    x = QuantizedStrips.of(kernel.x());
    output = kernel.output();
  }

  /** Computes all rows. */
  void run() {
    int start = 0;
    for (var part : kernel.parts()) {
      run(part, start);
      start += part.rows;
    }
  }

  private void run(QuantizedMatrix w, int start) {
    int rows = kernel.x().size();
    int tiles = PackedForm.groups(w.rows);
    long products = (long) WIDTH * w.columns * x.numbers().length * ROWS;
    int some = (int) Math.max(1, PIECE / products);
    Workers.run(
        (tiles + some - 1) / some,
        () -> {
          var tile = new WeightTile(w);
          var sums = new float[ROWS * WIDTH];
          return piece -> {
            for (int i = piece * some; i < Math.min(tiles, (piece + 1) * some); i++) {
              tile.read(i);
              for (int strip = 0; strip < x.numbers().length; strip++) {
                product(tile, strip, sums);
                for (int row = strip * ROWS; row < Math.min(rows, (strip + 1) * ROWS); row++) {
                  int from = row % ROWS * WIDTH;
                  output.write(sums, from, row, start + i * WIDTH, w.rows - i * WIDTH);
                }
              }
            }
          };
        });
  }

  private void product(WeightTile tile, int strip, float[] sums) {
    Arrays.fill(sums, 0);
    int units = tile.columns() / tile.unit();
    var numbers = x.numbers()[strip];
    var scales = x.scales()[strip];
    if (tile.unit() == PackedForm.COLUMNS) {
      var wholes = x.wholes()[strip];
      product(units, tile.numbers(), numbers, tile.offset(), wholes, tile.scales(), scales, sums);
    } else {
      halves(units, tile.numbers(), numbers, tile.scales(), scales, sums);
    }
    if (tile.shifts()) {
      shift(units, tile.least(), x.sums()[strip], sums);
    }
  }

  /**
   * The inner loop's count is a constant: where it is not, the compiler's code is slower by a
   * third.
   *
   * @param offset what is taken from each weight: its times the inputs from the sum
   */
  static void product(
      int units,
      float[] w,
      float[] x,
      int offset,
      float[] wholes,
      float[] scales,
      float[] inputs,
      float[] sums) {
    for (int unit = 0; unit < units; unit++) {
      FloatVector c00, c01, c10, c11, c20, c21, c30, c31;
      c00 = c01 = FloatVector.broadcast(FLOATS, -offset * wholes[unit * ROWS]);
      c10 = c11 = FloatVector.broadcast(FLOATS, -offset * wholes[unit * ROWS + 1]);
      c20 = c21 = FloatVector.broadcast(FLOATS, -offset * wholes[unit * ROWS + 2]);
      c30 = c31 = FloatVector.broadcast(FLOATS, -offset * wholes[unit * ROWS + 3]);
      int right = unit * 32 * WIDTH;
      int left = unit * 32 * ROWS;
      for (int i = 0; i < 32; i++) {
        var w0 = FloatVector.fromArray(FLOATS, w, right + i * WIDTH);
        var w1 = FloatVector.fromArray(FLOATS, w, right + i * WIDTH + LANES);
        var a = FloatVector.broadcast(FLOATS, x[left + i * ROWS]);
        c00 = a.fma(w0, c00);
        c01 = a.fma(w1, c01);
        a = FloatVector.broadcast(FLOATS, x[left + i * ROWS + 1]);
        c10 = a.fma(w0, c10);
        c11 = a.fma(w1, c11);
        a = FloatVector.broadcast(FLOATS, x[left + i * ROWS + 2]);
        c20 = a.fma(w0, c20);
        c21 = a.fma(w1, c21);
        a = FloatVector.broadcast(FLOATS, x[left + i * ROWS + 3]);
        c30 = a.fma(w0, c30);
        c31 = a.fma(w1, c31);
      }
      var s0 = FloatVector.fromArray(FLOATS, scales, unit * WIDTH);
      var s1 = FloatVector.fromArray(FLOATS, scales, unit * WIDTH + LANES);
      int input = unit * ROWS;
      add(c00, s0, inputs[input], sums, 0);
      add(c01, s1, inputs[input], sums, LANES);
      add(c10, s0, inputs[input + 1], sums, WIDTH);
      add(c11, s1, inputs[input + 1], sums, WIDTH + LANES);
      add(c20, s0, inputs[input + 2], sums, 2 * WIDTH);
      add(c21, s1, inputs[input + 2], sums, 2 * WIDTH + LANES);
      add(c30, s0, inputs[input + 3], sums, 3 * WIDTH);
      add(c31, s1, inputs[input + 3], sums, 3 * WIDTH + LANES);
    }
  }

  /** Two scales to an input's one. */
  private static void halves(
      int units, float[] w, float[] x, float[] scales, float[] inputs, float[] sums) {
    for (int unit = 0; unit < units; unit++) {
      FloatVector c00, c01, c10, c11, c20, c21, c30, c31;
      c00 = c01 = c10 = c11 = c20 = c21 = c30 = c31 = FloatVector.zero(FLOATS);
      int right = unit * 16 * WIDTH;
      int left = unit * 16 * ROWS;
      for (int i = 0; i < 16; i++) {
        var w0 = FloatVector.fromArray(FLOATS, w, right + i * WIDTH);
        var w1 = FloatVector.fromArray(FLOATS, w, right + i * WIDTH + LANES);
        var a = FloatVector.broadcast(FLOATS, x[left + i * ROWS]);
        c00 = a.fma(w0, c00);
        c01 = a.fma(w1, c01);
        a = FloatVector.broadcast(FLOATS, x[left + i * ROWS + 1]);
        c10 = a.fma(w0, c10);
        c11 = a.fma(w1, c11);
        a = FloatVector.broadcast(FLOATS, x[left + i * ROWS + 2]);
        c20 = a.fma(w0, c20);
        c21 = a.fma(w1, c21);
        a = FloatVector.broadcast(FLOATS, x[left + i * ROWS + 3]);
        c30 = a.fma(w0, c30);
        c31 = a.fma(w1, c31);
      }
      var s0 = FloatVector.fromArray(FLOATS, scales, unit * WIDTH);
      var s1 = FloatVector.fromArray(FLOATS, scales, unit * WIDTH + LANES);
      int input = (unit >> 1) * ROWS;
      add(c00, s0, inputs[input], sums, 0);
      add(c01, s1, inputs[input], sums, LANES);
      add(c10, s0, inputs[input + 1], sums, WIDTH);
      add(c11, s1, inputs[input + 1], sums, WIDTH + LANES);
      add(c20, s0, inputs[input + 2], sums, 2 * WIDTH);
      add(c21, s1, inputs[input + 2], sums, 2 * WIDTH + LANES);
      add(c30, s0, inputs[input + 3], sums, 3 * WIDTH);
      add(c31, s1, inputs[input + 3], sums, 3 * WIDTH + LANES);
    }
  }

  private static void add(FloatVector whole, FloatVector scale, float input, float[] to, int at) {
    whole.fma(scale.mul(input), FloatVector.fromArray(FLOATS, to, at)).intoArray(to, at);
  }

  /** Adds sums of inputs, multiplied with least values. */
  private static void shift(int units, float[] least, float[] inputs, float[] sums) {
    for (int row = 0; row < ROWS; row++) {
      var all0 = FloatVector.fromArray(FLOATS, sums, row * WIDTH);
      var all1 = FloatVector.fromArray(FLOATS, sums, row * WIDTH + LANES);
      for (int i = 0; i < units; i++) {
        var a = FloatVector.broadcast(FLOATS, inputs[i * ROWS + row]);
        all0 = FloatVector.fromArray(FLOATS, least, i * WIDTH).fma(a, all0);
        all1 = FloatVector.fromArray(FLOATS, least, i * WIDTH + LANES).fma(a, all1);
      }
      all0.intoArray(sums, row * WIDTH);
      all1.intoArray(sums, row * WIDTH + LANES);
    }
  }
}
