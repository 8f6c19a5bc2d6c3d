package inkstone.text.jinja;

import java.util.LinkedHashMap;
import java.util.Map;

/** The one kind of value that a template can change: {@code {% set ns.found = true %}}. */
final class Namespace implements Value {

  private final Map<String, Value> attributes = new LinkedHashMap<>();

  void set(String name, Value value) {
    if (name.startsWith("_")) {
      throw new Fault("a namespace cannot have '%s': leave out the underscore".formatted(name));
    }
    attributes.put(name, value);
  }

  Map<String, Value> attributes() {
    return attributes;
  }

  @Override
  public String type() {
    return "namespace";
  }
}
