package inkstone.text.jinja;

import java.util.Optional;

/** What can be called: a macro, a method, {@code range} and the like. */
public non-sealed interface Function extends Value {

  /** The result for these arguments. */
  Value call(Run run, Arguments arguments);

  /** What it tells of itself, as {@code loop} does. */
  default Optional<Value> attribute(String name) {
    return Optional.empty();
  }

  @Override
  default String type() {
    return "function";
  }
}
