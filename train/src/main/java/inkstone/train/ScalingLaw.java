package inkstone.train;

/**
 * The loss that a network of a size reaches on an amount of text, where the text repeats: the
 * data-constrained scaling law of Muennighoff et al. (2023, "Scaling Data-Constrained Language
 * Models", section 3.1 and appendix A), with the constants fitted there. They were fitted on web
 * text and far larger networks: the law ranks shapes here, its figure is no forecast.
 */
final class ScalingLaw {

  private static final double E = 1.87;
  private static final double A = 521;
  private static final double B = 1488;
  private static final double EXPONENT = 0.353;
  private static final double DATA_HALF_LIFE = 15.39;
  private static final double PARAMETER_HALF_LIFE = 5.31;

  private ScalingLaw() {}

  /**
   * Nats for each token.
   *
   * @param parameters weights of the network
   * @param tokens tokens to train on, repeats counted
   * @param unique tokens of the text
   */
  static double loss(double parameters, double tokens, double unique) {
    double seen = Math.min(tokens, unique);
    double useful = Math.min(parameters, optimalParameters(seen));
    return E
        + A / Math.pow(worth(useful, parameters, PARAMETER_HALF_LIFE), EXPONENT)
        + B / Math.pow(worth(seen, tokens, DATA_HALF_LIFE), EXPONENT);
  }

  /** The parameters that suit an amount of fresh text: both terms of the loss fall alike. */
  static double optimalParameters(double tokens) {
    return tokens * Math.pow(A / B, 1 / EXPONENT);
  }

  /** What repeats are worth: {@code base + base h (1 - e^(-(all / base - 1) / h))}. */
  private static double worth(double base, double all, double halfLife) {
    double repeats = all / base - 1;
    return base + base * halfLife * (1 - Math.exp(-repeats / halfLife));
  }
}
