package inkstone.text.jinja;

import java.util.Map;
import java.util.Optional;

/** Keys and values in the order in which they came. A template cannot change one. */
public record Dict(Map<Value, Value> entries) implements Value {

  Optional<Value> get(Value key) {
    return hashable(key) ? Optional.ofNullable(entries.get(key)) : Optional.empty();
  }

  Optional<Value> get(String key) {
    return get(Text.plain(key));
  }

  /** Whether {@code key} may be a key: a scalar. */
  static boolean hashable(Value key) {
    return key instanceof Text
        || key instanceof Int
        || key instanceof Real
        || key instanceof Bool
        || key instanceof None;
  }

  @Override
  public String type() {
    return "dict";
  }
}
