package inkstone.text.jinja;

import java.util.HashMap;
import java.util.Map;
import java.util.Set;

/** The filters by name. */
final class Filters {

  /** What stands after a {@code |}. */
  interface Filter {
    Value apply(Run run, Value value, Arguments arguments);
  }

  private static final Map<String, Filter> ALL = new HashMap<>();

  static {
    ALL.putAll(TextFilters.ALL);
    ALL.putAll(SequenceFilters.ALL);
    ALL.putAll(ChoiceFilters.ALL);
    ALL.putAll(NumberFilters.ALL);
    ALL.put("tojson", JsonText::filter);
  }

  private Filters() {}

  static Set<String> known() {
    return ALL.keySet();
  }

  static Value apply(Run run, String name, Value value, Arguments arguments) {
    var filter = ALL.get(name);
    if (filter == null) {
      throw new Fault("there is no filter '%s'".formatted(name));
    }
    run.step();
    return filter.apply(run, value, arguments);
  }
}
