package inkstone.model;

/**
 * A mixture of experts: feed-forward networks of which a router chooses some for each token
 * (Shazeer et al., 2017; Fedus et al., 2022).
 *
 * @param count how many there are
 * @param chosen how many each token goes through
 * @param hidden the width inside each
 * @param normalised whether the shares of the chosen ones sum to 1
 */
public record ExpertsConfig(int count, int chosen, int hidden, boolean normalised) {

  /** Refuses a choice that cannot be made. */
  public ExpertsConfig {
    if (hidden < 1) {
      throw new ModelException("experts: a hidden width of " + hidden + "; give 1 or more");
    }
    if (chosen < 1 || chosen > count) {
      throw new ModelException(
          "experts: %d of %d cannot be chosen; give 1 to all".formatted(chosen, count));
    }
  }
}
