package inkstone.text.jinja;

import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Names and their values; what a scope lacks, the one around it may have. */
final class Scope {

  private final @Nullable Scope around;
  private final Map<String, Value> values = new HashMap<>();

  private Scope(@Nullable Scope around) {
    this.around = around;
  }

  static Scope global() {
    return new Scope(null);
  }

  /** A scope inside this one. */
  Scope inner() {
    return new Scope(this);
  }

  void set(String name, Value value) {
    values.put(name, value);
  }

  Optional<Value> find(String name) {
    for (Scope scope = this; scope != null; scope = scope.around) {
      var value = scope.values.get(name);
      if (value != null) {
        return Optional.of(value);
      }
    }
    return Optional.empty();
  }
}
