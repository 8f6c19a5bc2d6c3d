package inkstone.model;

import inkstone.model.RotaryScaling.LongRope;

/**
 * Rotary positions (Su et al., 2021).
 *
 * @param base of the angles (formula 15)
 * @param fraction the part of each head that is turned, above 0 to 1; the rest stays as it is
 * @param scaling how the frequencies are changed for long sequences
 */
public record RotaryConfig(double base, double fraction, RotaryScaling scaling) {

  /** Refuses values that turn nothing. */
  public RotaryConfig {
    if (!(base > 0) || Double.isInfinite(base)) {
      throw new ModelException("rotaryBase: " + base + " is not a positive number");
    }
    if (!(fraction > 0 && fraction <= 1)) {
      throw new ModelException("partial_rotary_factor: " + fraction + " is not in (0, 1]");
    }
  }

  /** All of each head, at the frequencies of the base. */
  public static RotaryConfig of(double base) {
    return new RotaryConfig(base, 1, RotaryScaling.NONE);
  }

  /** How many numbers of a head are turned. */
  int dims(int headDim) {
    return (int) (headDim * fraction);
  }

  /** Refuses heads that do not part into pairs, or for which there are too few divisors. */
  void check(int headDim) {
    int dims = dims(headDim);
    if (dims % 2 != 0 || dims == 0) {
      throw new ModelException(
          "headDim: "
              + headDim
              + " is odd; rotary positions turn pairs of numbers"
              + (fraction == 1 ? "" : " (of " + dims + ")"));
    }
    if (scaling instanceof LongRope(var shorter, var longer, var o, var m)
        && (shorter.size() != dims / 2 || longer.size() != dims / 2)) {
      throw new ModelException(
          "short_factor and long_factor have %d and %d numbers; %d turned numbers need %d"
              .formatted(shorter.size(), longer.size(), dims, dims / 2));
    }
  }
}
