package inkstone.train;

import inkstone.model.DecoderConfig;
import inkstone.tensor.DType;
import inkstone.tensor.Device;
import inkstone.tensor.Functions;
import inkstone.tensor.Gradients;
import inkstone.tensor.Random;
import inkstone.tensor.Scope;
import java.util.Optional;

/** The best rate of a matrix product: what training could reach if it were nothing else. */
public final class MatmulRoof {

  private static final int LEAST = 3;

  private MatmulRoof() {}

  /**
   * The best rate over a network's own products, in floating-point operations per second.
   *
   * @param rows the rows of activations that are multiplied with each weight
   * @param secondsEach how long each product is repeated; the best repeat counts
   */
  public static double of(
      DecoderConfig config, int rows, DType type, Device device, double secondsEach) {
    int heads = config.heads() * config.headDim();
    int keysAndValues = 2 * config.keyValueHeads() * config.headDim();
    int up = (config.style().activation().gated() ? 2 : 1) * config.hidden();
    int[][] shapes = {
      {config.width(), heads + keysAndValues},
      {heads, config.width()},
      {config.width(), up},
      {config.hidden(), config.width()},
      {config.width(), config.vocabulary()},
    };
    double best = 0;
    for (var shape : shapes) {
      best = Math.max(best, rate(rows, shape[0], shape[1], type, device, secondsEach));
    }
    return best;
  }

  /**
   * The best rate of [rows, in] x [in, out], in operations per second. The product is repeated for
   * {@code seconds} and at least three times, or until ten times as long has gone by.
   */
  public static double rate(int rows, int in, int out, DType type, Device device, double seconds) {
    try (var scope = Scope.open();
        var off = Gradients.off()) {
      var x = Random.normal(0, 1, rows, in).to(type).to(device);
      var weight = Random.normal(0, 1, out, in).to(type).to(device);
      double fastest = Double.POSITIVE_INFINITY;
      double spent = 0;
      for (int i = 0; spent < seconds || (i < LEAST && spent < 10 * seconds); i++) {
        long start = System.nanoTime();
        // The sum of one row waits for a device that computes on its own.
        Scope.run(() -> Functions.linear(x, weight, Optional.empty()).narrow(0, 0, 1).sum().item());
        double taken = (System.nanoTime() - start) / 1e9;
        fastest = Math.min(fastest, taken);
        spent += taken;
      }
      return 2.0 * rows * in * out / fastest;
    }
  }
}
