package inkstone.text.jinja;

import java.math.BigDecimal;
import java.math.BigInteger;

/** Arithmetic as Python has it; {@code True} is 1. A result is trusted where both operands are. */
final class Numbers {

  private static final int MOST_POWER = 4096;

  private Numbers() {}

  static boolean is(Value value) {
    return value instanceof Int || value instanceof Real || value instanceof Bool;
  }

  static boolean trusted(Value value) {
    return switch (value) {
      case Int number -> number.trusted();
      case Real number -> number.trusted();
      default -> false;
    };
  }

  static BigInteger whole(Value value) {
    return switch (value) {
      case Int number -> number.value();
      case Bool flag -> flag == Bool.TRUE ? BigInteger.ONE : BigInteger.ZERO;
      default -> throw new Fault("expected a whole number, found " + value.type());
    };
  }

  static double real(Value value) {
    return value instanceof Real number ? number.value() : whole(value).doubleValue();
  }

  static int compare(Value left, Value right) {
    if (!(left instanceof Real) && !(right instanceof Real)) {
      return whole(left).compareTo(whole(right));
    }
    double a = real(left);
    double b = real(right);
    if (Double.isNaN(a) || Double.isNaN(b)) {
      throw new Fault("'nan' has no place in an order");
    }
    if (Double.isInfinite(a) || Double.isInfinite(b)) {
      return Double.compare(a, b);
    }
    return exact(left).compareTo(exact(right));
  }

  private static BigDecimal exact(Value value) {
    return value instanceof Real number
        ? new BigDecimal(number.value())
        : new BigDecimal(whole(value));
  }

  static boolean equal(Value left, Value right) {
    boolean none = Double.isNaN(real(left)) || Double.isNaN(real(right));
    return !none && compare(left, right) == 0;
  }

  static Value negate(Value value) {
    return value instanceof Real number
        ? new Real(-number.value(), number.trusted())
        : new Int(whole(value).negate(), trusted(value));
  }

  /** One of {@code + - * / // % **} between two numbers. */
  static Value apply(String operator, Value left, Value right) {
    boolean trusted = trusted(left) && trusted(right);
    if (operator.equals("/") || left instanceof Real || right instanceof Real) {
      return new Real(real(operator, real(left), real(right)), trusted);
    }
    var a = whole(left);
    var b = whole(right);
    return switch (operator) {
      case "+" -> new Int(a.add(b), trusted);
      case "-" -> new Int(a.subtract(b), trusted);
      case "*" -> new Int(a.multiply(b), trusted);
      case "//" -> {
        var parts = divide(a, b);
        boolean below = parts[1].signum() != 0 && parts[1].signum() != b.signum();
        yield new Int(below ? parts[0].subtract(BigInteger.ONE) : parts[0], trusted);
      }
      case "%" -> {
        var rest = divide(a, b)[1];
        boolean below = rest.signum() != 0 && rest.signum() != b.signum();
        yield new Int(below ? rest.add(b) : rest, trusted);
      }
      default -> power(a, b, trusted);
    };
  }

  private static BigInteger[] divide(BigInteger a, BigInteger b) {
    if (b.signum() == 0) {
      throw new Fault("division by zero");
    }
    return a.divideAndRemainder(b);
  }

  private static Value power(BigInteger a, BigInteger b, boolean trusted) {
    if (b.signum() < 0) {
      return new Real(real("**", a.doubleValue(), b.doubleValue()), trusted);
    }
    if (b.bitLength() > 31 || b.longValue() * Math.max(1, a.bitLength()) > MOST_POWER) {
      throw new Fault("a power is too large");
    }
    return new Int(a.pow(b.intValueExact()), trusted);
  }

  private static double real(String operator, double a, double b) {
    if (b == 0 && (operator.equals("/") || operator.equals("//") || operator.equals("%"))) {
      throw new Fault("division by zero");
    }
    return switch (operator) {
      case "+" -> a + b;
      case "-" -> a - b;
      case "*" -> a * b;
      case "/" -> a / b;
      case "//" -> Math.floor(a / b);
      case "%" -> {
        double rest = a % b;
        yield rest != 0 && (rest < 0) != (b < 0) ? rest + b : rest;
      }
      default -> Math.pow(a, b);
    };
  }
}
