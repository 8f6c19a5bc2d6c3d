package inkstone.text.jinja;

import java.util.ArrayList;
import java.util.List;

/** Truth, equality, order and membership as Python has them. */
final class Operators {

  private Operators() {}

  static boolean truth(Value value) {
    return switch (value) {
      case Undefined missing -> false;
      case None none -> false;
      case Bool flag -> flag == Bool.TRUE;
      case Int number -> number.value().signum() != 0;
      case Real number -> number.value() != 0;
      case Text text -> !text.isEmpty();
      case Sequence sequence -> !sequence.items().isEmpty();
      case Dict dict -> !dict.entries().isEmpty();
      case Stream stream -> true;
      case Namespace namespace -> true;
      case Function function -> true;
    };
  }

  static boolean equal(Run run, Value left, Value right) {
    run.enter();
    try {
      if (Numbers.is(left) && Numbers.is(right)) {
        return Numbers.equal(left, right);
      }
      return switch (left) {
        case Undefined missing -> right instanceof Undefined;
        case Text text -> text.equals(right);
        case Sequence a ->
            right instanceof Sequence b && a.kind() == b.kind() && equal(run, a.items(), b.items());
        case Dict a -> right instanceof Dict b && equal(run, a, b);
        default -> left == right;
      };
    } finally {
      run.leave();
    }
  }

  private static boolean equal(Run run, List<Value> left, List<Value> right) {
    if (left.size() != right.size()) {
      return false;
    }
    for (int i = 0; i < left.size(); i++) {
      if (!equal(run, left.get(i), right.get(i))) {
        return false;
      }
    }
    return true;
  }

  private static boolean equal(Run run, Dict left, Dict right) {
    if (left.entries().size() != right.entries().size()) {
      return false;
    }
    for (var entry : left.entries().entrySet()) {
      var other = right.get(entry.getKey());
      if (other.isEmpty() || !equal(run, entry.getValue(), other.get())) {
        return false;
      }
    }
    return true;
  }

  /** Negative, 0 or positive; refuses what Python does not order. */
  static int compare(Run run, Value left, Value right) {
    run.enter();
    try {
      if (Numbers.is(left) && Numbers.is(right)) {
        return Numbers.compare(left, right);
      }
      if (left instanceof Text a && right instanceof Text b) {
        return compare(a.string(), b.string());
      }
      if (left instanceof Sequence a && right instanceof Sequence b && a.kind() == b.kind()) {
        int common = Math.min(a.items().size(), b.items().size());
        for (int i = 0; i < common; i++) {
          if (!equal(run, a.items().get(i), b.items().get(i))) {
            return compare(run, a.items().get(i), b.items().get(i));
          }
        }
        return Integer.compare(a.items().size(), b.items().size());
      }
      throw mismatch("'<' or '>'", left, right);
    } finally {
      run.leave();
    }
  }

  /** By code points, which is not the order of UTF-16. */
  private static int compare(String left, String right) {
    int common = Math.min(left.length(), right.length());
    for (int i = 0; i < common; i++) {
      if (left.charAt(i) != right.charAt(i)) {
        int at = i > 0 && Character.isLowSurrogate(left.charAt(i)) ? i - 1 : i;
        return Integer.compare(left.codePointAt(at), right.codePointAt(at));
      }
    }
    return Integer.compare(left.length(), right.length());
  }

  /** Whether {@code value} is in {@code container}. */
  static boolean contains(Run run, Value container, Value value) {
    return switch (container) {
      case Text text -> {
        if (!(value instanceof Text part)) {
          throw mismatch("'in'", value, container);
        }
        run.make(text.units());
        yield text.string().contains(part.string());
      }
      case Dict dict -> {
        if (!Dict.hashable(value)) {
          throw mismatch("'in'", value, container);
        }
        yield dict.get(value).isPresent();
      }
      default -> {
        for (Value item : items(run, container)) {
          if (equal(run, item, value)) {
            yield true;
          }
        }
        yield false;
      }
    };
  }

  /** What a loop goes through. */
  static List<Value> items(Run run, Value value) {
    return switch (value) {
      case Sequence sequence -> sequence.items();
      case Dict dict -> {
        run.make(dict.entries().size());
        yield List.copyOf(dict.entries().keySet());
      }
      case Stream stream -> stream.rest();
      case Undefined missing -> List.of();
      case Text text -> {
        run.make(16L * text.units());
        var characters = new ArrayList<Value>();
        for (int at = 0; at < text.units(); ) {
          int end = at + Character.charCount(text.string().codePointAt(at));
          characters.add(text.units(at, end));
          at = end;
        }
        yield characters;
      }
      default ->
          throw new Fault("a value of type %s cannot be gone through".formatted(value.type()));
    };
  }

  /** The number of items or characters. */
  static int length(Value value) {
    return switch (value) {
      case Undefined missing -> 0;
      case Text text -> text.length();
      case Sequence sequence -> sequence.items().size();
      case Dict dict -> dict.entries().size();
      default -> throw new Fault("a value of type %s has no length".formatted(value.type()));
    };
  }

  static Fault mismatch(String operator, Value left, Value right) {
    if (left instanceof Undefined missing) {
      return missing.fault();
    }
    if (right instanceof Undefined missing) {
      return missing.fault();
    }
    return new Fault(
        "%s does not work between %s and %s".formatted(operator, left.type(), right.type()));
  }
}
