package inkstone.text.jinja;

import java.math.BigDecimal;
import java.math.BigInteger;
import java.math.RoundingMode;
import java.util.Map;
import java.util.regex.Pattern;

/** Filters that make numbers. */
final class NumberFilters {

  private static final Pattern WHOLE = Pattern.compile("[+-]?\\d{1,1000}");
  private static final Pattern REAL =
      Pattern.compile("[+-]?(\\d{1,400}(\\.\\d{0,400})?|\\.\\d{1,400})([eE][+-]?\\d{1,5})?");

  static final Map<String, Filters.Filter> ALL =
      Map.of(
          "int", NumberFilters::whole,
          "float", NumberFilters::real,
          "abs", NumberFilters::abs,
          "round", NumberFilters::round);

  private NumberFilters() {}

  private static Value whole(Run run, Value value, Arguments in) {
    var given = in.bind("int", "default", "base");
    var otherwise = given.find("default").orElse(Int.trusted(0));
    return switch (value) {
      case Int number -> number;
      case Bool flag -> Arithmetic.number(flag);
      case Real number ->
          Double.isFinite(number.value())
              ? new Int(new BigDecimal(number.value()).toBigInteger(), number.trusted())
              : otherwise;
      case Text text -> {
        var digits = text.string().strip().replace("_", "");
        if (given.number("base", 10) != 10) {
          throw new Fault("int: only base 10 is supported");
        }
        if (WHOLE.matcher(digits).matches()) {
          yield new Int(new BigInteger(digits), text.whollyTrusted());
        }
        yield REAL.matcher(digits).matches()
            ? whole(run, new Real(Double.parseDouble(digits), text.whollyTrusted()), in)
            : otherwise;
      }
      default -> otherwise;
    };
  }

  private static Value real(Run run, Value value, Arguments in) {
    var otherwise = in.bind("float", "default").find("default").orElse(new Real(0, true));
    if (Numbers.is(value)) {
      return new Real(Numbers.real(value), Numbers.trusted(value));
    }
    if (value instanceof Text text && REAL.matcher(text.string().strip()).matches()) {
      return new Real(Double.parseDouble(text.string().strip()), text.whollyTrusted());
    }
    return otherwise;
  }

  private static Value abs(Run run, Value value, Arguments in) {
    require(value, "abs");
    var zero = Int.trusted(0);
    return Operators.compare(run, value, zero) < 0
        ? Numbers.negate(value)
        : Arithmetic.number(value);
  }

  private static Value round(Run run, Value value, Arguments in) {
    require(value, "round");
    var given = in.bind("round", "precision", "method");
    int precision = Math.clamp(given.number("precision", 0), -400, 400);
    var method = given.has("method") ? given.text("method").string() : "common";
    if (value instanceof Int && precision >= 0 && method.equals("common")) {
      return value;
    }
    double number = Numbers.real(value);
    if (!Double.isFinite(number)) {
      return value;
    }
    var mode =
        switch (method) {
          case "common" -> RoundingMode.HALF_EVEN;
          case "ceil" -> RoundingMode.CEILING;
          case "floor" -> RoundingMode.FLOOR;
          default -> throw new Fault("round: the method is common, ceil or floor");
        };
    double rounded = new BigDecimal(number).setScale(precision, mode).doubleValue();
    return new Real(rounded, Numbers.trusted(value));
  }

  private static void require(Value value, String filter) {
    if (value instanceof Undefined missing) {
      throw missing.fault();
    }
    if (!Numbers.is(value)) {
      throw new Fault("%s needs a number, found %s".formatted(filter, value.type()));
    }
  }
}
