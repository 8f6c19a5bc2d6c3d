package inkstone.tensor;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import java.util.function.IntConsumer;
import java.util.function.Supplier;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorSpecies;
import org.bytedeco.pytorch.Tensor;

/**
 * Root-mean-square normalisation of float32 rows on the CPU, one pass each way, with the Vector
 * API: {@code y = w x r}, {@code r = (mean x^2 + e)^-1/2}.
 */
final class RowNorm extends Operation {

  private static final VectorSpecies<Float> SPECIES = Lanes.SPECIES;
  private static final int LANES = Lanes.COUNT;
  private static final ByteOrder ORDER = ByteOrder.nativeOrder();
  private static final int ROWS = 64;

  private final Tensor input;
  private final Tensor weight;
  private final Tensor x;
  private final float[] w;
  private final double epsilon;
  private final int width;
  private final int rows;
  private final float[] scales;

  /** input [..., width], weight [width]. */
  RowNorm(Tensor input, Tensor weight, double epsilon) {
    this.input = hold(input);
    this.weight = hold(weight);
    this.epsilon = epsilon;
    x = hold(input.detach().contiguous());
    var kept = weight.detach().contiguous();
    w = Native.memory(kept).toArray(ValueLayout.JAVA_FLOAT);
    width = w.length;
    rows = Math.toIntExact(x.numel() / width);
    scales = new float[rows];
  }

  static boolean fits(long width) {
    return width > 0 && width % LANES == 0;
  }

  private int pieces() {
    return (rows + ROWS - 1) / ROWS;
  }

  private void each(Supplier<IntConsumer> worker) {
    Workers.run(
        pieces(),
        () -> {
          var row = worker.get();
          return piece -> {
            for (int i = piece * ROWS; i < Math.min(rows, (piece + 1) * ROWS); i++) {
              row.accept(i);
            }
          };
        });
  }

  private static FloatVector read(MemorySegment from, long at) {
    return FloatVector.fromMemorySegment(SPECIES, from, at * Float.BYTES, ORDER);
  }

  @Override
  Tensor forward() {
    var y = x.new_empty(x.sizes());
    var from = Native.memory(x);
    var to = Native.memory(y);
    each(
        () ->
            row -> {
              long at = (long) row * width;
              var squares = FloatVector.zero(SPECIES);
              for (int i = 0; i < width; i += LANES) {
                var v = read(from, at + i);
                squares = v.fma(v, squares);
              }
              double mean = Lanes.sum(squares) / (double) width;
              float scale = (float) (1 / Math.sqrt(mean + epsilon));
              scales[row] = scale;
              for (int i = 0; i < width; i += LANES) {
                read(from, at + i)
                    .mul(scale)
                    .mul(FloatVector.fromArray(SPECIES, w, i))
                    .intoMemorySegment(to, (at + i) * Float.BYTES, ORDER);
              }
            });
    return y;
  }

  @Override
  void backward(Tensor gradient) {
    var given = gradient.contiguous();
    var slope = x.new_empty(x.sizes());
    var from = Native.memory(x);
    var dy = Native.memory(given);
    var to = Native.memory(slope);
    var sums = new float[pieces()][width]; // by piece, so that the order of adding is always one
    each(() -> row -> row(row, from, dy, to, sums[row / ROWS]));
    add(input, slope);
    var total = new float[width];
    for (var sum : sums) {
      for (int i = 0; i < width; i++) {
        total[i] += sum[i];
      }
    }
    var weightSlope = weight.detach().new_empty(weight.sizes());
    Native.memory(weightSlope).copyFrom(MemorySegment.ofArray(total));
    add(weight, weightSlope);
  }

  /** {@code dx = r (w dy - x r^2 mean(w dy x))}; {@code dw} gathers {@code dy x r}. */
  private void row(int row, MemorySegment from, MemorySegment dy, MemorySegment to, float[] sum) {
    long at = (long) row * width;
    float scale = scales[row];
    var along = FloatVector.zero(SPECIES);
    for (int i = 0; i < width; i += LANES) {
      var part = read(dy, at + i).mul(FloatVector.fromArray(SPECIES, w, i));
      along = part.fma(read(from, at + i), along);
    }
    float pull = Lanes.sum(along) * scale * scale / width;
    for (int i = 0; i < width; i += LANES) {
      var v = read(from, at + i);
      var d = read(dy, at + i);
      d.mul(FloatVector.fromArray(SPECIES, w, i))
          .sub(v.mul(pull))
          .mul(scale)
          .intoMemorySegment(to, (at + i) * Float.BYTES, ORDER);
      d.mul(v).mul(scale).add(FloatVector.fromArray(SPECIES, sum, i)).intoArray(sum, i);
    }
  }
}
