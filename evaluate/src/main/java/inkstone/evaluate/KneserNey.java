package inkstone.evaluate;

/**
 * An interpolated, modified Kneser-Ney model of byte 5-grams (Chen and Goodman 1999, "An empirical
 * study of smoothing techniques for language modeling", section 3, equations 26 and 27): three
 * discounts an order, estimated from the counts of counts; lower orders count the distinct bytes
 * that come before an n-gram; the lowest is interpolated with the uniform 1/256.
 *
 * <p>The first bytes of the held-out text are scored with the shorter contexts that they have.
 */
public final class KneserNey implements Baseline {

  /** Bytes in the longest n-gram: a context of four and the byte that follows. */
  static final int ORDER = 5;

  @Override
  public String name() {
    return "kneser-ney-5";
  }

  @Override
  public double bitsPerByte(byte[] training, byte[] heldOut) {
    Baseline.check(heldOut);
    var model = new Model(training);
    double nats = 0;
    long context = 0;
    for (int i = 0; i < heldOut.length; i++) {
      nats -= Math.log(model.probability(context, Math.min(i, ORDER - 1), heldOut[i] & 0xFF));
      context = context << 8 | (heldOut[i] & 0xFF);
    }
    return nats / Math.log(2) / heldOut.length;
  }

  /** What training counted. */
  static final class Model {
    private final Level[] levels = new Level[ORDER + 1];

    Model(byte[] training) {
      var counts = new NgramTable();
      long ngram = 0;
      for (int i = 0; i < training.length; i++) {
        ngram = last(ngram << 8 | (training[i] & 0xFF), ORDER);
        if (i >= ORDER - 1) {
          counts.add(ngram, 1);
        }
      }
      for (int order = ORDER; order > 0; order--) {
        levels[order] = new Level(counts);
        var shorter = new NgramTable();
        var length = order - 1;
        counts.forEach((key, count) -> shorter.add(last(key, length), 1));
        counts = shorter;
      }
    }

    /** The lowest {@code length} bytes of an n-gram: those that stand last in the text. */
    private static long last(long ngram, int length) {
      return ngram & ((1L << 8 * length) - 1);
    }

    /**
     * The probability that {@code next} follows.
     *
     * @param context the bytes before it, the nearest lowest
     * @param length how many of those there are, 0 to 4
     */
    double probability(long context, int length, int next) {
      var p = 1.0 / 256;
      for (int order = 1; order <= length + 1; order++) {
        var level = levels[order];
        var before = last(context, order - 1);
        double total = level.totals.get(before);
        if (total == 0) {
          // No longer context was seen either.
          return p;
        }
        p = level.discounted(before << 8 | next) / total + level.freed(before) / total * p;
      }
      return p;
    }
  }

  /** One order: counts, and for each context what its discounts set free. */
  private static final class Level {
    private final NgramTable counts;
    private final NgramTable totals = new NgramTable();
    private final NgramTable spread = new NgramTable();
    private final double[] discounts;

    Level(NgramTable counts) {
      this.counts = counts;
      this.discounts = discounts(counts.countsOfCounts(4));
      counts.forEach(
          (ngram, count) -> {
            totals.add(ngram >>> 8, count);
            // How many n-grams of count 1, 2 and more there are, in ten bits each.
            spread.add(ngram >>> 8, 1 << 10 * (Math.min(count, 3) - 1));
          });
    }

    double discounted(long ngram) {
      var count = counts.get(ngram);
      return count - discounts[Math.min(count, 3)];
    }

    double freed(long context) {
      var packed = spread.get(context);
      return discounts[1] * (packed & 0x3FF)
          + discounts[2] * (packed >>> 10 & 0x3FF)
          + discounts[3] * (packed >>> 20);
    }
  }

  /**
   * The discounts of counts 0, 1, 2 and more. Where the counts of counts give none between 0 and
   * the count, the single discount of Ney, Essen and Kneser (1994), or a half, stands in.
   */
  static double[] discounts(long[] n) {
    var y = n[1] > 0 && n[2] > 0 ? (double) n[1] / (n[1] + 2 * n[2]) : 0.5;
    var discounts = new double[4];
    for (int i = 1; i < 4; i++) {
      var estimate = n[i] > 0 ? i - (i + 1) * y * n[i + 1] / n[i] : 0;
      discounts[i] = estimate > 0 && estimate < i ? estimate : y;
    }
    return discounts;
  }
}
