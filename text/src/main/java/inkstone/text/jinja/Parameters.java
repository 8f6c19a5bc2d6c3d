package inkstone.text.jinja;

import java.util.Map;
import java.util.Optional;

/** The arguments of a call by the names of its parameters. */
record Parameters(String called, Map<String, Value> values) {

  boolean has(String name) {
    return values.containsKey(name);
  }

  Optional<Value> find(String name) {
    return Optional.ofNullable(values.get(name));
  }

  /** The argument, with {@code None} for one that is not there. */
  Value orNone(String name) {
    return find(name).orElse(None.NONE);
  }

  Value get(String name) {
    return find(name)
        .orElseThrow(() -> new Fault("%s needs the argument '%s'".formatted(called, name)));
  }

  boolean flag(String name, boolean otherwise) {
    return find(name).map(Operators::truth).orElse(otherwise);
  }

  /** A whole number, the nearest of Java's where it is larger; {@code None} counts as not given. */
  int number(String name, int otherwise) {
    return switch (orNone(name)) {
      case None none -> otherwise;
      case Int number -> number.clamped();
      case Bool flag -> flag == Bool.TRUE ? 1 : 0;
      default -> throw wrong(name, "a whole number");
    };
  }

  Text text(String name) {
    return get(name) instanceof Text text ? text : badText(name);
  }

  private Text badText(String name) {
    throw wrong(name, "a string");
  }

  Fault wrong(String name, String expected) {
    return new Fault(
        "%s: '%s' must be %s, but is of type %s"
            .formatted(called, name, expected, orNone(name).type()));
  }
}
