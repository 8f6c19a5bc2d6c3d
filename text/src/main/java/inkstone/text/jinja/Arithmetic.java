package inkstone.text.jinja;

import java.util.ArrayList;

/** {@code + - * / // % **} between values of any type. */
final class Arithmetic {

  private Arithmetic() {}

  static Value apply(Run run, String operator, Value left, Value right) {
    if (Numbers.is(left) && Numbers.is(right)) {
      return Numbers.apply(operator, left, right);
    }
    return switch (operator) {
      case "+" -> plus(run, left, right);
      case "*" -> {
        if (right instanceof Int || right instanceof Bool) {
          yield times(run, left, right, right);
        }
        yield left instanceof Int || left instanceof Bool
            ? times(run, right, left, right)
            : mismatch(operator, left, right);
      }
      case "%" ->
          left instanceof Text format
              ? Formats.percent(run, format, right)
              : mismatch(operator, left, right);
      default -> mismatch(operator, left, right);
    };
  }

  private static Value plus(Run run, Value left, Value right) {
    if (left instanceof Text a && right instanceof Text b) {
      run.make((long) a.units() + b.units());
      return a.plus(b);
    }
    if (left instanceof Sequence a
        && right instanceof Sequence b
        && a.kind() == b.kind()
        && (a.kind() == Sequence.Kind.LIST || a.kind() == Sequence.Kind.TUPLE)) {
      run.make((long) a.items().size() + b.items().size());
      var items = new ArrayList<>(a.items());
      items.addAll(b.items());
      return new Sequence(a.kind(), items);
    }
    return mismatch("+", left, right);
  }

  private static Value times(Run run, Value what, Value count, Value right) {
    int times = Math.max(0, Numbers.whole(count).min(Numbers.whole(Int.plain(1 << 30))).intValue());
    switch (what) {
      case Text text -> {
        run.make((long) text.units() * times);
        var out = new TextBuilder();
        for (int i = 0; i < times && !text.isEmpty(); i++) {
          out.append(text);
        }
        return out.build();
      }
      case Sequence sequence
          when sequence.kind() == Sequence.Kind.LIST || sequence.kind() == Sequence.Kind.TUPLE -> {
        run.make((long) sequence.items().size() * times);
        var items = new ArrayList<Value>();
        for (int i = 0; i < times && !sequence.items().isEmpty(); i++) {
          items.addAll(sequence.items());
        }
        return new Sequence(sequence.kind(), items);
      }
      default -> {
        return mismatch("*", what, right);
      }
    }
  }

  /** A number as such: {@code True} becomes 1. */
  static Value number(Value value) {
    return value instanceof Bool ? new Int(Numbers.whole(value), false) : value;
  }

  private static Value mismatch(String operator, Value left, Value right) {
    throw Operators.mismatch("'" + operator + "'", left, right);
  }
}
