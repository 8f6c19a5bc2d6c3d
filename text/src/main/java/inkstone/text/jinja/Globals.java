package inkstone.text.jinja;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.Map;

/** The functions that every template has. */
final class Globals {

  /** Longer ranges are refused, as in Jinja's sandbox. */
  private static final long LONGEST_RANGE = 100_000;

  private Globals() {}

  static void define(Scope scope) {
    Map<String, Function> all =
        Map.of(
            "range", Globals::range,
            "namespace", Globals::namespace,
            "dict", Globals::dict,
            "raise_exception", Globals::raise,
            "strftime_now", Globals::strftime);
    all.forEach(scope::set);
  }

  private static Value range(Run run, Arguments in) {
    var given = in.bind("range", "start", "stop", "step");
    for (String name : given.values().keySet()) {
      Numbers.whole(given.get(name));
    }
    boolean one = !given.has("stop");
    long start = one ? 0 : given.number("start", 0);
    long stop = given.number(one ? "start" : "stop", 0);
    long step = given.number("step", 1);
    if (step == 0) {
      throw new Fault("range: the step is 0");
    }
    long count = Math.max(0, Math.ceilDiv(stop - start, step));
    if (count > LONGEST_RANGE) {
      throw new Fault("range: more than " + LONGEST_RANGE + " numbers");
    }
    run.make(16 * count);
    boolean trusted = in.positional().stream().allMatch(Numbers::trusted);
    var numbers = new ArrayList<Value>();
    for (long i = 0; i < count; i++) {
      long number = start + i * step;
      numbers.add(trusted ? Int.trusted(number) : Int.plain(number));
    }
    return new Sequence(Sequence.Kind.RANGE, numbers);
  }

  private static Value namespace(Run run, Arguments in) {
    var namespace = new Namespace();
    ((Dict) dict(run, in))
        .entries()
        .forEach((name, value) -> namespace.set(Printer.str(run, name).string(), value));
    return namespace;
  }

  private static Value dict(Run run, Arguments in) {
    Map<Value, Value> entries = new LinkedHashMap<>();
    if (in.positional().size() > 1) {
      throw new Fault("dict takes one value and names");
    }
    for (Value given : in.positional()) {
      if (given instanceof Dict dict) {
        entries.putAll(dict.entries());
      } else {
        for (Value pair : Operators.items(run, given)) {
          var parts = Operators.items(run, pair);
          if (parts.size() != 2 || !Dict.hashable(parts.getFirst())) {
            throw new Fault("dict needs pairs of a key and a value");
          }
          entries.put(parts.getFirst(), parts.getLast());
        }
      }
    }
    run.make(8L * entries.size());
    in.named().forEach((name, value) -> entries.put(Text.trusted(name), value));
    return new Dict(entries);
  }

  private static Value raise(Run run, Arguments in) {
    var message = in.bind("raise_exception", "message").get("message");
    throw new Fault("it refuses these messages: " + Printer.str(run, message).string());
  }

  private static Value strftime(Run run, Arguments in) {
    var format = in.bind("strftime_now", "format").text("format");
    run.make(32L * format.units());
    return Text.of(Strftime.format(run.now(), format.string()), format.whollyTrusted());
  }
}
