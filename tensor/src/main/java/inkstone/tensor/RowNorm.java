package inkstone.tensor;

import java.util.function.Supplier;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorSpecies;
import org.bytedeco.pytorch.Tensor;

/**
 * Root-mean-square normalisation of rows on the CPU, one pass each way, with the Vector API: {@code
 * y = w x r}, {@code r = (mean x^2 + e)^-1/2}.
 */
final class RowNorm extends Operation {

  private static final VectorSpecies<Float> SPECIES = Lanes.SPECIES;
  private static final int LANES = Lanes.COUNT;
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
    width = Math.toIntExact(weight.numel());
    w = weights(weight);
    rows = Math.toIntExact(x.numel() / width);
    scales = new float[rows];
  }

  static float[] weights(Tensor weight) {
    var w = new float[Math.toIntExact(weight.numel())];
    Numbers.of(weight.is_contiguous() ? weight : weight.detach().contiguous())
        .read(0, w, 0, w.length);
    return w;
  }

  /** A single row, unrecorded: what is around the arithmetic takes longer than it. */
  static Tensor one(Tensor x, Tensor weight, double epsilon) {
    var w = weights(weight);
    var values = new float[w.length];
    Numbers.of(x).read(0, values, 0, w.length);
    normalize(values, w, epsilon);
    var y = x.new_empty(x.sizes());
    Numbers.of(y).write(values, 0, 0, w.length);
    return y;
  }

  /** One row in place; gives what it was multiplied with beside the weight. */
  static float normalize(float[] values, float[] w, double epsilon) {
    float scale = scale(values, w.length, epsilon);
    for (int i = 0; i < w.length; i += LANES) {
      at(values, i).mul(scale).mul(at(w, i)).intoArray(values, i);
    }
    return scale;
  }

  static boolean fits(long width) {
    return width > 0 && width % LANES == 0;
  }

  private int pieces() {
    return (rows + ROWS - 1) / ROWS;
  }

  /** What is done to one row, with memory of its own. */
  private interface Row {
    void accept(int row, float[] values, float[] slopes);
  }

  private void each(Supplier<Row> worker) {
    Workers.run(
        pieces(),
        () -> {
          var each = worker.get();
          var values = new float[width];
          var slopes = new float[width];
          return piece -> {
            for (int i = piece * ROWS; i < Math.min(rows, (piece + 1) * ROWS); i++) {
              each.accept(i, values, slopes);
            }
          };
        });
  }

  private static FloatVector at(float[] x, int i) {
    return FloatVector.fromArray(SPECIES, x, i);
  }

  @Override
  Tensor forward() {
    var y = x.new_empty(x.sizes());
    var from = Numbers.of(x);
    var to = Numbers.of(y);
    each(
        () ->
            (row, values, unused) -> {
              from.read((long) row * width, values, 0, width);
              scales[row] = normalize(values, w, epsilon);
              to.write(values, 0, (long) row * width, width);
            });
    return y;
  }

  private static float scale(float[] values, int width, double epsilon) {
    var squares = FloatVector.zero(SPECIES);
    for (int i = 0; i < width; i += LANES) {
      var v = at(values, i);
      squares = v.fma(v, squares);
    }
    double mean = Lanes.sum(squares) / (double) width;
    return (float) (1 / Math.sqrt(mean + epsilon));
  }

  @Override
  void backward(Tensor gradient) {
    var given = gradient.contiguous();
    var slope = x.new_empty(x.sizes());
    var from = Numbers.of(x);
    var dy = Numbers.of(given);
    var to = Numbers.of(slope);
    var sums = new float[pieces()][width]; // by piece, so that the order of adding is always one
    each(
        () ->
            (row, values, slopes) -> {
              from.read((long) row * width, values, 0, width);
              dy.read((long) row * width, slopes, 0, width);
              backward(values, slopes, scales[row], sums[row / ROWS]);
              to.write(slopes, 0, (long) row * width, width);
            });
    add(input, slope);
    var total = new float[width];
    for (var sum : sums) {
      for (int i = 0; i < width; i++) {
        total[i] += sum[i];
      }
    }
    var weightSlope = weight.detach().new_empty(weight.sizes());
    Numbers.of(weightSlope).write(total, 0, 0, width);
    add(weight, weightSlope);
  }

  /** {@code dx = r (w dy - x r^2 mean(w dy x))}; {@code dw} gathers {@code dy x r}. */
  private void backward(float[] values, float[] slopes, float scale, float[] sum) {
    var along = FloatVector.zero(SPECIES);
    for (int i = 0; i < width; i += LANES) {
      along = at(slopes, i).mul(at(w, i)).fma(at(values, i), along);
    }
    float pull = Lanes.sum(along) * scale * scale / width;
    for (int i = 0; i < width; i += LANES) {
      var v = at(values, i);
      var d = at(slopes, i);
      d.mul(v).mul(scale).add(at(sum, i)).intoArray(sum, i);
      d.mul(at(w, i)).sub(v.mul(pull)).mul(scale).intoArray(slopes, i);
    }
  }
}
