package inkstone.text.jinja;

import java.math.BigInteger;

/**
 * A whole number.
 *
 * @param trusted whether the template made it; printed, it is then text of the template
 */
public record Int(BigInteger value, boolean trusted) implements Value {

  /** Longer numbers are refused: a template that squares in a loop ends here. */
  private static final int MOST_BITS = 4096;

  /** Refuses numbers that are too long. */
  public Int {
    if (value.bitLength() > MOST_BITS) {
      throw new Fault("a whole number has more than " + MOST_BITS + " bits");
    }
  }

  /** A number that the template made. */
  static Int trusted(long value) {
    return new Int(BigInteger.valueOf(value), true);
  }

  /** A number that depends on what was given to the template. */
  static Int plain(long value) {
    return new Int(BigInteger.valueOf(value), false);
  }

  /** The number as a Java one, the nearest where it is too large. */
  int clamped() {
    return value.bitLength() < 32 ? value.intValue() : value.signum() * Integer.MAX_VALUE;
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof Int number && value.equals(number.value);
  }

  @Override
  public int hashCode() {
    return value.hashCode();
  }

  @Override
  public String type() {
    return "int";
  }
}
