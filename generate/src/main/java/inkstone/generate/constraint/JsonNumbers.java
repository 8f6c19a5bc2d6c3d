package inkstone.generate.constraint;

import java.math.BigInteger;
import java.util.ArrayList;
import java.util.Optional;

/**
 * JSON numbers, free and between bounds, digit by digit. Numbers without bounds have up to 16
 * digits before and behind the point and two in the exponent, so that a model that loves digits
 * comes to an end, and every double-precision reader gets a finite value.
 */
final class JsonNumbers {

  private static final int DIGITS = 16;
  private static final BigInteger LARGEST = BigInteger.TEN.pow(DIGITS).subtract(BigInteger.ONE);
  private static final Syntax FRACTION =
      Syntax.sequence(Syntax.literal("."), new Syntax.Repeat(digit('0', '9'), 1, DIGITS));

  private JsonNumbers() {}

  /** Any number. */
  static Syntax any() {
    var exponent =
        Syntax.sequence(
            new Syntax.Chars(CodePoints.of("eE")),
            Syntax.optional(new Syntax.Chars(CodePoints.of("+-"))),
            new Syntax.Repeat(digit('0', '9'), 1, 2));
    return Syntax.sequence(
        Syntax.optional(Syntax.literal("-")),
        magnitude(BigInteger.ZERO, LARGEST),
        Syntax.optional(FRACTION),
        Syntax.optional(exponent));
  }

  /** The integers from {@code least} to {@code most}. */
  static Syntax integer(Optional<BigInteger> least, Optional<BigInteger> most) {
    var low = least.orElse(LARGEST.negate().min(most.orElse(LARGEST).subtract(LARGEST)));
    var high = most.orElse(LARGEST.max(low.add(LARGEST)));
    var ways = new ArrayList<Syntax>();
    ways.add(magnitude(low.max(BigInteger.ZERO), high));
    ways.add(
        Syntax.sequence(
            Syntax.literal("-"), magnitude(high.negate().max(BigInteger.ONE), low.negate())));
    return new Syntax.Choice(ways);
  }

  /**
   * The numbers between two integers, without exponent.
   *
   * @param openLow whether {@code least} is left out
   * @param openHigh whether {@code most} is left out
   */
  static Syntax decimal(
      Optional<BigInteger> least, boolean openLow, Optional<BigInteger> most, boolean openHigh) {
    var low = least.orElse(LARGEST.negate().min(most.orElse(LARGEST).subtract(LARGEST)));
    var high = most.orElse(LARGEST.max(low.add(LARGEST)));
    var ways = new ArrayList<Syntax>();
    if (high.signum() >= 0) {
      boolean cut = low.signum() < 0;
      ways.add(decimals(cut ? BigInteger.ZERO : low, !cut && openLow, high, openHigh));
    }
    if (low.signum() < 0) {
      boolean cut = high.signum() >= 0;
      // Minus nought would be nought, which an open end may leave out.
      boolean open = cut ? high.signum() == 0 && openHigh : openHigh;
      ways.add(
          Syntax.sequence(
              Syntax.literal("-"),
              decimals(cut ? BigInteger.ZERO : high.negate(), open, low.negate(), openLow)));
    }
    return new Syntax.Choice(ways);
  }

  private static Syntax decimals(
      BigInteger low, boolean openLow, BigInteger high, boolean openHigh) {
    if (low.compareTo(high) > 0 || (low.equals(high) && (openLow || openHigh))) {
      return Syntax.NOTHING;
    }
    var whole = Syntax.sequence(Syntax.literal("."), new Syntax.Repeat(digit('0', '0'), 1, DIGITS));
    var ways = new ArrayList<Syntax>();
    if (!low.equals(high)) {
      var from = openLow ? low.add(BigInteger.ONE) : low;
      ways.add(
          Syntax.sequence(
              magnitude(from, high.subtract(BigInteger.ONE)), Syntax.optional(FRACTION)));
    }
    if (openLow) {
      ways.add(
          Syntax.sequence(
              Syntax.literal(low + "."),
              new Syntax.Repeat(digit('0', '0'), 0, DIGITS - 1),
              digit('1', '9'),
              new Syntax.Repeat(digit('0', '9'), 0, DIGITS - 1)));
    }
    if (!openHigh) {
      ways.add(Syntax.sequence(Syntax.literal(high.toString()), Syntax.optional(whole)));
    }
    return new Syntax.Choice(ways);
  }

  /** The integers from {@code low}, 0 or more, to {@code high}, which may be less: then none. */
  private static Syntax magnitude(BigInteger low, BigInteger high) {
    var ways = new ArrayList<Syntax>();
    for (var from = low; from.compareTo(high) <= 0; ) {
      var longest = BigInteger.TEN.pow(from.toString().length()).subtract(BigInteger.ONE);
      ways.add(between(from.toString(), longest.min(high).toString()));
      from = longest.add(BigInteger.ONE);
    }
    return new Syntax.Choice(ways);
  }

  /** Strings of digits between two of the same length. */
  private static Syntax between(String low, String high) {
    if (low.isEmpty()) {
      return Syntax.EMPTY;
    }
    if (low.chars().allMatch(c -> c == '0') && high.chars().allMatch(c -> c == '9')) {
      return new Syntax.Repeat(digit('0', '9'), low.length(), low.length());
    }
    char first = low.charAt(0);
    char last = high.charAt(0);
    var lower = low.substring(1);
    var upper = high.substring(1);
    if (first == last) {
      return Syntax.sequence(digit(first, last), between(lower, upper));
    }
    var ways = new ArrayList<Syntax>();
    ways.add(Syntax.sequence(digit(first, first), between(lower, "9".repeat(lower.length()))));
    if (last > first + 1) {
      ways.add(
          Syntax.sequence(
              digit((char) (first + 1), (char) (last - 1)),
              new Syntax.Repeat(digit('0', '9'), lower.length(), lower.length())));
    }
    ways.add(Syntax.sequence(digit(last, last), between("0".repeat(upper.length()), upper)));
    return new Syntax.Choice(ways);
  }

  private static Syntax digit(char first, char last) {
    return new Syntax.Chars(CodePoints.of(first, last));
  }
}
