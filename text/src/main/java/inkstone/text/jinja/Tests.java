package inkstone.text.jinja;

import java.util.HashMap;
import java.util.Map;
import java.util.function.Predicate;

/** The tests by name: what stands after {@code is}. */
final class Tests {

  private interface Test {
    boolean holds(Run run, Value value, Arguments arguments);
  }

  private static final Map<String, Test> ALL = new HashMap<>();

  static {
    plain("defined", value -> !(value instanceof Undefined));
    plain("undefined", value -> value instanceof Undefined);
    plain("none", value -> value instanceof None);
    plain("boolean", value -> value instanceof Bool);
    plain("true", value -> value == Bool.TRUE);
    plain("false", value -> value == Bool.FALSE);
    plain("integer", value -> value instanceof Int);
    plain("float", value -> value instanceof Real);
    plain("number", Numbers::is);
    plain("string", value -> value instanceof Text);
    plain("mapping", value -> value instanceof Dict);
    plain("callable", value -> value instanceof Function || value instanceof Undefined);
    plain("iterable", Tests::iterable);
    plain(
        "sequence",
        value ->
            value instanceof Text
                || value instanceof Dict
                || value instanceof Undefined
                || (value instanceof Sequence sequence && sequence.kind().indexed()));
    plain("escaped", value -> false);
    plain("odd", value -> Numbers.whole(value).testBit(0));
    plain("even", value -> !Numbers.whole(value).testBit(0));
    ALL.put(
        "lower",
        (run, value, in) -> Cases.isAll(Printer.str(run, value).string(), Character::isLowerCase));
    ALL.put(
        "upper",
        (run, value, in) -> Cases.isAll(Printer.str(run, value).string(), Character::isUpperCase));
    with("eq", (run, a, b) -> Operators.equal(run, a, b), "equalto", "==");
    with("ne", (run, a, b) -> !Operators.equal(run, a, b), "!=");
    with("lt", (run, a, b) -> Operators.compare(run, a, b) < 0, "lessthan", "<");
    with("le", (run, a, b) -> Operators.compare(run, a, b) <= 0, "<=");
    with("gt", (run, a, b) -> Operators.compare(run, a, b) > 0, "greaterthan", ">");
    with("ge", (run, a, b) -> Operators.compare(run, a, b) >= 0, ">=");
    with("in", (run, a, b) -> Operators.contains(run, b, a));
    with("sameas", (run, a, b) -> a == b || (a instanceof Text && a.equals(b)));
    with("divisibleby", (run, a, b) -> !Operators.truth(Arithmetic.apply(run, "%", a, b)));
    ALL.put(
        "filter", (run, value, in) -> Filters.known().contains(Printer.str(run, value).string()));
    ALL.put("test", (run, value, in) -> ALL.containsKey(Printer.str(run, value).string()));
  }

  private interface Pair {
    boolean holds(Run run, Value a, Value b);
  }

  private Tests() {}

  private static void plain(String name, Predicate<Value> test) {
    ALL.put(
        name,
        (run, value, in) -> {
          in.bind(name);
          return test.test(value);
        });
  }

  private static void with(String name, Pair test, String... others) {
    Test whole = (run, value, in) -> test.holds(run, value, in.bind(name, "other").get("other"));
    ALL.put(name, whole);
    for (String other : others) {
      ALL.put(other, whole);
    }
  }

  private static boolean iterable(Value value) {
    return value instanceof Text
        || value instanceof Sequence
        || value instanceof Dict
        || value instanceof Stream
        || value instanceof Undefined;
  }

  static boolean check(Run run, String name, Value value, Arguments arguments) {
    var test = ALL.get(name);
    if (test == null) {
      throw new Fault("there is no test '%s'".formatted(name));
    }
    return test.holds(run, value, arguments);
  }
}
