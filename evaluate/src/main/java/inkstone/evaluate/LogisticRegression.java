package inkstone.evaluate;

import java.util.List;

/**
 * Multinomial logistic regression: minimises the mean cross-entropy plus {@code |W|^2 / (2 c n)} by
 * L-BFGS (Nocedal and Wright, 2006, algorithm 7.5). The intercepts are not held small.
 */
public final class LogisticRegression {

  private static final int STEPS = 200;
  private static final double ENOUGH = 1e-5;

  private final int labels;
  private final int features;
  private final double[] weights;

  /**
   * Learns from rows.
   *
   * @param features in a row at most
   * @param expected the label of each, counted from 0
   * @param c how much the examples count against small weights
   */
  public LogisticRegression(
      List<TfIdf.Row> rows, int features, int[] expected, int labels, double c) {
    this.labels = labels;
    this.features = features;
    weights =
        Lbfgs.minimum(
            (point, gradient) -> loss(point, gradient, rows, expected, c),
            new double[labels * (features + 1)],
            STEPS,
            ENOUGH);
  }

  /** The most probable label. */
  public int label(TfIdf.Row row) {
    var scores = scores(row);
    int best = 0;
    for (int i = 1; i < labels; i++) {
      best = scores[i] > scores[best] ? i : best;
    }
    return best;
  }

  /** One number for each label, the logarithms of their probabilities but for a common term. */
  double[] scores(TfIdf.Row row) {
    return scores(weights, row);
  }

  private double loss(
      double[] point, double[] gradient, List<TfIdf.Row> rows, int[] expected, double c) {
    double scale = 1.0 / rows.size();
    double sum = 0;
    for (int i = 0; i < rows.size(); i++) {
      var row = rows.get(i);
      var p = scores(point, row);
      double most = p[0];
      for (double score : p) {
        most = Math.max(most, score);
      }
      double total = 0;
      for (double score : p) {
        total += Math.exp(score - most);
      }
      sum += (Math.log(total) + most - p[expected[i]]) * scale;
      for (int k = 0; k < labels; k++) {
        double error = (Math.exp(p[k] - most) / total - (k == expected[i] ? 1 : 0)) * scale;
        int base = k * (features + 1);
        gradient[base + features] += error;
        for (int j = 0; j < row.places().length; j++) {
          gradient[base + row.places()[j]] += error * row.values()[j];
        }
      }
    }
    double squares = 0;
    for (int i = 0; i < point.length; i++) {
      if (i % (features + 1) != features) {
        squares += point[i] * point[i];
        gradient[i] += point[i] * scale / c;
      }
    }
    return sum + squares * scale / (2 * c);
  }

  private double[] scores(double[] point, TfIdf.Row row) {
    var scores = new double[labels];
    for (int k = 0; k < labels; k++) {
      int base = k * (features + 1);
      double score = point[base + features];
      for (int j = 0; j < row.places().length; j++) {
        score += point[base + row.places()[j]] * row.values()[j];
      }
      scores[k] = score;
    }
    return scores;
  }
}
