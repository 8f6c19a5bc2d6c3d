package inkstone.text.jinja;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** What stands in the parentheses of a call, a filter or a test. */
record Arguments(List<Value> positional, Map<String, Value> named) {

  static final Arguments NONE = new Arguments(List.of(), Map.of());

  static Arguments of(Value... positional) {
    return new Arguments(List.of(positional), Map.of());
  }

  /** The arguments after the first {@code count}. */
  Arguments from(int count) {
    return new Arguments(positional.subList(count, positional.size()), named);
  }

  /** Gives each argument the name of its parameter; refuses what {@code called} does not take. */
  Parameters bind(String called, String... parameters) {
    if (positional.size() > parameters.length) {
      throw new Fault(
          "%s takes at most %d arguments and was given %d"
              .formatted(called, parameters.length, positional.size()));
    }
    var known = new ArrayList<>(Arrays.asList(parameters));
    var values = new HashMap<String, Value>();
    for (int i = 0; i < positional.size(); i++) {
      values.put(parameters[i], positional.get(i));
    }
    named.forEach(
        (name, value) -> {
          if (!known.contains(name)) {
            throw new Fault(
                "%s takes no argument '%s'; it takes %s".formatted(called, name, known));
          }
          if (values.put(name, value) != null) {
            throw new Fault("%s was given '%s' twice".formatted(called, name));
          }
        });
    return new Parameters(called, values);
  }
}
