package inkstone.text.jinja;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Function;

/** Filters that choose among values or change each. */
final class ChoiceFilters {

  static final Map<String, Filters.Filter> ALL =
      Map.of(
          "default",
          ChoiceFilters::otherwise,
          "d",
          ChoiceFilters::otherwise,
          "map",
          ChoiceFilters::map,
          "select",
          (run, value, in) -> select(run, value, in, true),
          "reject",
          (run, value, in) -> select(run, value, in, false),
          "selectattr",
          (run, value, in) -> selectAttribute(run, value, in, true),
          "rejectattr",
          (run, value, in) -> selectAttribute(run, value, in, false),
          "attr",
          ChoiceFilters::attribute);

  private ChoiceFilters() {}

  private static Value otherwise(Run run, Value value, Arguments in) {
    var given = in.bind("default", "default_value", "boolean");
    boolean missing =
        value instanceof Undefined || (given.flag("boolean", false) && !Operators.truth(value));
    return missing ? given.find("default_value").orElse(Text.EMPTY) : value;
  }

  /** What {@code a.b.0} names inside {@code value}. */
  static Value path(Run run, Value value, Value path) {
    if (path instanceof Int) {
      return Access.item(run, value, path);
    }
    if (!(path instanceof Text text)) {
      throw new Fault("the name of an attribute must be a string, found " + path.type());
    }
    var found = value;
    for (String part : text.string().split("\\.", -1)) {
      run.step();
      Value key = part.matches("\\d{1,9}") ? Int.plain(Long.parseLong(part)) : Text.plain(part);
      found = Access.item(run, found, key);
    }
    return found;
  }

  private static Value map(Run run, Value value, Arguments in) {
    Function<Value, Value> change;
    if (in.positional().isEmpty()) {
      var given = in.bind("map", "attribute", "default");
      if (!given.has("attribute")) {
        throw new Fault("map needs the name of a filter or an attribute");
      }
      var otherwise = given.orNone("default");
      change =
          item -> {
            var found = path(run, item, given.get("attribute"));
            return found instanceof Undefined && given.has("default") ? otherwise : found;
          };
    } else {
      var name = name(in, 0, "map");
      change = item -> Filters.apply(run, name, item, in.from(1));
    }
    var changed = new ArrayList<Value>();
    for (Value item : Operators.items(run, value)) {
      run.step();
      changed.add(change.apply(item));
    }
    return new Stream(changed);
  }

  private static Value select(Run run, Value value, Arguments in, boolean wanted) {
    var kept = new ArrayList<Value>();
    for (Value item : Operators.items(run, value)) {
      if (holds(run, item, in, 0) == wanted) {
        kept.add(item);
      }
    }
    return new Stream(kept);
  }

  private static Value selectAttribute(Run run, Value value, Arguments in, boolean wanted) {
    var kept = new ArrayList<Value>();
    if (in.positional().isEmpty()) {
      throw new Fault("selectattr and rejectattr need the name of an attribute");
    }
    for (Value item : Operators.items(run, value)) {
      if (holds(run, path(run, item, in.positional().getFirst()), in, 1) == wanted) {
        kept.add(item);
      }
    }
    return new Stream(kept);
  }

  /** Whether the test named by the argument at {@code first} holds; without one, truth. */
  private static boolean holds(Run run, Value value, Arguments in, int first) {
    run.step();
    return in.positional().size() <= first
        ? Operators.truth(value)
        : Tests.check(run, name(in, first, "select"), value, in.from(first + 1));
  }

  private static String name(Arguments in, int at, String filter) {
    List<Value> positional = in.positional();
    if (positional.get(at) instanceof Text name) {
      return name.string();
    }
    throw new Fault(filter + " needs the name of a filter or test as a string");
  }

  private static Value attribute(Run run, Value value, Arguments in) {
    var name = in.bind("attr", "name").text("name").string();
    return value instanceof Dict
        ? Methods.of((Dict) value, name).orElseGet(() -> Undefined.attribute(value, name))
        : Access.attribute(run, value, name);
  }
}
