package inkstone.generate.constraint;

import java.math.BigDecimal;
import java.math.BigInteger;
import java.math.RoundingMode;
import java.util.Optional;
import tools.jackson.databind.node.ObjectNode;

/** Reads what a schema says of strings and numbers. */
final class SchemaScalars {

  /** Bounds of more digits are refused. */
  private static final int MOST_DIGITS = 100;

  private SchemaScalars() {}

  static Syntax string(ObjectNode schema, String path) {
    int min = SchemaFault.count(schema, "minLength", 0, path);
    int max = SchemaFault.count(schema, "maxLength", Syntax.UNBOUNDED, path);
    boolean counted = min > 0 || max != Syntax.UNBOUNDED;
    if (max != Syntax.UNBOUNDED && max < min) {
      return Syntax.NOTHING;
    }
    if (schema.has("pattern")) {
      if (counted || schema.has("format")) {
        throw SchemaFault.of(
            path,
            "pattern goes with neither minLength, maxLength nor format; say it in the pattern");
      }
      var place = path + "/pattern";
      return matching(
          SchemaFault.text(schema.get("pattern"), place), RegexReader.Ends.WITHIN, place);
    }
    if (schema.has("format")) {
      var place = path + "/format";
      var format = SchemaFault.text(schema.get("format"), place);
      var expression = Formats.EXPRESSIONS.get(format);
      if (expression == null || counted) {
        throw SchemaFault.of(
            place,
            expression == null
                ? "'%s' is none of the formats that can be held, %s; give a pattern"
                    .formatted(format, Formats.EXPRESSIONS.keySet().stream().sorted().toList())
                : "format goes with neither minLength nor maxLength");
      }
      return matching(expression, RegexReader.Ends.WHOLE, place);
    }
    return JsonRules.string(min, max);
  }

  private static Syntax matching(String expression, RegexReader.Ends ends, String place) {
    try {
      return JsonRules.quoted(JsonStrings.escaped(RegexReader.read(expression, ends)));
    } catch (ConstraintException e) {
      throw SchemaFault.of(place, String.valueOf(e.getMessage()));
    }
  }

  static Syntax integer(ObjectNode schema, String path) {
    var low = Bound.low(schema, path);
    var high = Bound.high(schema, path);
    return JsonNumbers.integer(
        low.value().map(v -> floor(v, RoundingMode.CEILING, low.open() ? 1 : 0)),
        high.value().map(v -> floor(v, RoundingMode.FLOOR, high.open() ? -1 : 0)));
  }

  /** The nearest integer, one further where the bound itself is an integer that is left out. */
  private static BigInteger floor(BigDecimal value, RoundingMode mode, int step) {
    var whole = value.setScale(0, mode);
    return whole.compareTo(value) == 0
        ? whole.toBigInteger().add(BigInteger.valueOf(step))
        : whole.toBigInteger();
  }

  static Syntax number(ObjectNode schema, String path) {
    var low = Bound.low(schema, path);
    var high = Bound.high(schema, path);
    if (low.value().isEmpty() && high.value().isEmpty()) {
      return JsonNumbers.any();
    }
    return JsonNumbers.decimal(
        low.value().map(v -> whole(v, path)),
        low.open(),
        high.value().map(v -> whole(v, path)),
        high.open());
  }

  private static BigInteger whole(BigDecimal value, String path) {
    if (value.stripTrailingZeros().scale() > 0) {
      throw SchemaFault.of(
          path, "a number's bound must be a whole number, but is %s".formatted(value));
    }
    return value.toBigInteger();
  }

  /**
   * One end of the numbers.
   *
   * @param value where it is, if anywhere
   * @param open whether that itself is left out
   */
  private record Bound(Optional<BigDecimal> value, boolean open) {

    static Bound low(ObjectNode schema, String path) {
      return of(schema, "minimum", "exclusiveMinimum", 1, path);
    }

    static Bound high(ObjectNode schema, String path) {
      return of(schema, "maximum", "exclusiveMaximum", -1, path);
    }

    private static Bound of(ObjectNode schema, String closed, String open, int sign, String path) {
      var one = read(schema, closed, path);
      var other = read(schema, open, path);
      boolean stricter =
          other.isPresent()
              && (one.isEmpty() || Integer.signum(other.get().compareTo(one.get())) * sign >= 0);
      return new Bound(stricter ? other : one, stricter);
    }

    private static Optional<BigDecimal> read(ObjectNode schema, String keyword, String path) {
      if (!schema.has(keyword)) {
        return Optional.empty();
      }
      var node = schema.get(keyword);
      if (!node.isNumber()) {
        throw SchemaFault.of(
            path + "/" + keyword, "must be a number, but is " + SchemaFault.shown(node));
      }
      var value = node.decimalValue();
      if (value.precision() > MOST_DIGITS || Math.abs((long) value.scale()) > MOST_DIGITS) {
        throw SchemaFault.of(
            path + "/" + keyword, "has more than %d digits".formatted(MOST_DIGITS));
      }
      return Optional.of(value);
    }
  }
}
