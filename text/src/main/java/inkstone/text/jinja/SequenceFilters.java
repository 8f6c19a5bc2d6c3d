package inkstone.text.jinja;

import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Filters on lists and dicts. */
final class SequenceFilters {

  static final Map<String, Filters.Filter> ALL =
      Map.ofEntries(
          Map.entry("length", (run, value, in) -> Int.plain(Operators.length(value))),
          Map.entry("count", (run, value, in) -> Int.plain(Operators.length(value))),
          Map.entry("list", (run, value, in) -> Sequence.list(Operators.items(run, value))),
          Map.entry("first", SequenceFilters::first),
          Map.entry("last", SequenceFilters::last),
          Map.entry("join", SequenceFilters::join),
          Map.entry("items", SequenceFilters::items),
          Map.entry("reverse", SequenceFilters::reverse),
          Map.entry("sort", SequenceFilters::sort),
          Map.entry("dictsort", SequenceFilters::dictsort),
          Map.entry("unique", SequenceFilters::unique),
          Map.entry("min", (run, value, in) -> extreme(run, value, in, -1)),
          Map.entry("max", (run, value, in) -> extreme(run, value, in, 1)),
          Map.entry("sum", SequenceFilters::sum),
          Map.entry("batch", SequenceFilters::batch),
          Map.entry("groupby", SequenceFilters::groupby));

  private SequenceFilters() {}

  private static final Undefined EMPTY = new Undefined("an empty list has no such item");

  private static Value first(Run run, Value value, Arguments in) {
    if (value instanceof Stream stream) {
      return stream.next(EMPTY);
    }
    var items = Operators.items(run, value);
    return items.isEmpty() ? EMPTY : items.getFirst();
  }

  private static Value last(Run run, Value value, Arguments in) {
    if (value instanceof Stream) {
      throw new Fault("last needs a list; put '| list' before it");
    }
    var items = Operators.items(run, value);
    return items.isEmpty() ? EMPTY : items.getLast();
  }

  private static Value join(Run run, Value value, Arguments in) {
    var given = in.bind("join", "d", "attribute");
    var between = given.has("d") ? Printer.str(run, given.get("d")) : Text.EMPTY;
    var items = Operators.items(run, value);
    if (!(given.orNone("attribute") instanceof None)) {
      var path = given.get("attribute");
      items = items.stream().map(item -> ChoiceFilters.path(run, item, path)).toList();
    }
    return Texts.join(run, items, between);
  }

  private static Value items(Run run, Value value, Arguments in) {
    return switch (value) {
      case Undefined missing -> new Stream(List.of());
      case Dict dict -> new Stream(((Sequence) Methods.items(run, dict)).items());
      default -> throw new Fault("items needs a dict, found " + value.type());
    };
  }

  private static Value reverse(Run run, Value value, Arguments in) {
    if (value instanceof Text text) {
      return Access.slice(run, text, None.NONE, None.NONE, Int.plain(-1));
    }
    var items = new ArrayList<>(Operators.items(run, value));
    Collections.reverse(items);
    return new Stream(items);
  }

  /** Orders without regard to case, as Jinja does, unless asked to. */
  private static Comparator<Value> order(Run run, boolean caseSensitive, boolean reverse) {
    Comparator<Value> order =
        (a, b) ->
            Operators.compare(run, folded(run, a, caseSensitive), folded(run, b, caseSensitive));
    return reverse ? order.reversed() : order;
  }

  private static Value folded(Run run, Value value, boolean caseSensitive) {
    return value instanceof Text text && !caseSensitive ? Cases.lower(run, text) : value;
  }

  private static Value sort(Run run, Value value, Arguments in) {
    var given = in.bind("sort", "reverse", "case_sensitive", "attribute");
    var items = new ArrayList<>(Operators.items(run, value));
    run.make(16L * items.size());
    var order = order(run, given.flag("case_sensitive", false), given.flag("reverse", false));
    if (given.orNone("attribute") instanceof None) {
      items.sort(order);
    } else {
      var path = given.get("attribute");
      items.sort(Comparator.comparing(item -> ChoiceFilters.path(run, item, path), order));
    }
    return Sequence.list(items);
  }

  private static Value dictsort(Run run, Value value, Arguments in) {
    var given = in.bind("dictsort", "case_sensitive", "by", "reverse");
    if (!(value instanceof Dict dict)) {
      throw new Fault("dictsort needs a dict, found " + value.type());
    }
    var by = given.has("by") ? given.text("by").string() : "key";
    if (!by.equals("key") && !by.equals("value")) {
      throw given.wrong("by", "'key' or 'value'");
    }
    var pairs = new ArrayList<>(((Sequence) Methods.items(run, dict)).items());
    int part = by.equals("key") ? 0 : 1;
    pairs.sort(
        Comparator.comparing(
            pair -> ((Sequence) pair).items().get(part),
            order(run, given.flag("case_sensitive", false), given.flag("reverse", false))));
    return Sequence.list(pairs);
  }

  private static Value unique(Run run, Value value, Arguments in) {
    var given = in.bind("unique", "case_sensitive", "attribute");
    boolean exact = given.flag("case_sensitive", false);
    var path = given.orNone("attribute");
    var kept = new ArrayList<Value>();
    Set<Value> seen = new HashSet<>();
    for (Value item : Operators.items(run, value)) {
      run.step();
      var key = path instanceof None ? item : ChoiceFilters.path(run, item, path);
      key = folded(run, key, exact);
      if (!Dict.hashable(key)) {
        throw new Fault("unique needs strings or numbers, found " + key.type());
      }
      if (seen.add(key)) {
        kept.add(item);
      }
    }
    return new Stream(kept);
  }

  private static Value extreme(Run run, Value value, Arguments in, int sign) {
    var given = in.bind(sign < 0 ? "min" : "max", "case_sensitive", "attribute");
    var order = order(run, given.flag("case_sensitive", false), false);
    var path = given.orNone("attribute");
    Value best = EMPTY;
    Value bestKey = EMPTY;
    for (Value item : Operators.items(run, value)) {
      var key = path instanceof None ? item : ChoiceFilters.path(run, item, path);
      if (best == EMPTY
          || (sign > 0 ? order.compare(key, bestKey) > 0 : order.compare(key, bestKey) < 0)) {
        best = item;
        bestKey = key;
      }
    }
    return best;
  }

  private static Value sum(Run run, Value value, Arguments in) {
    var given = in.bind("sum", "attribute", "start");
    var path = given.orNone("attribute");
    Value sum = given.find("start").orElse(Int.trusted(0));
    for (Value item : Operators.items(run, value)) {
      var one = path instanceof None ? item : ChoiceFilters.path(run, item, path);
      sum = Arithmetic.apply(run, "+", sum, one);
    }
    return sum;
  }

  private static Value batch(Run run, Value value, Arguments in) {
    var given = in.bind("batch", "linecount", "fill_with");
    int size = given.number("linecount", 0);
    var items = Operators.items(run, value);
    if (size < 1) {
      throw given.wrong("linecount", "1 or more");
    }
    run.make(Math.min(size, 1 << 24));
    var rows = new ArrayList<Value>();
    for (int from = 0; from < items.size(); from += size) {
      int to = (int) Math.min(items.size(), (long) from + size);
      var row = new ArrayList<>(items.subList(from, to));
      while (row.size() < size && !(given.orNone("fill_with") instanceof None)) {
        run.step();
        row.add(given.get("fill_with"));
      }
      rows.add(Sequence.list(row));
      if (to == items.size()) {
        break;
      }
    }
    return new Stream(rows);
  }

  private static Value groupby(Run run, Value value, Arguments in) {
    var given = in.bind("groupby", "attribute", "default", "case_sensitive");
    var path = given.get("attribute");
    boolean exact = given.flag("case_sensitive", false);
    var order = order(run, exact, false);
    var items = new ArrayList<>(Operators.items(run, value));
    Map<Value, Value> keys = new java.util.IdentityHashMap<>();
    for (Value item : items) {
      var key = ChoiceFilters.path(run, item, path);
      keys.put(item, key instanceof Undefined && given.has("default") ? given.get("default") : key);
    }
    items.sort(Comparator.comparing(item -> keys.getOrDefault(item, EMPTY), order));
    Map<Value, List<Value>> groups = new LinkedHashMap<>();
    Map<Value, Value> names = new LinkedHashMap<>();
    for (Value item : items) {
      var key = keys.getOrDefault(item, EMPTY);
      var folded = folded(run, key, exact);
      if (!Dict.hashable(folded)) {
        throw new Fault("groupby needs strings or numbers, found " + key.type());
      }
      names.putIfAbsent(folded, key);
      groups.computeIfAbsent(folded, k -> new ArrayList<>()).add(item);
    }
    var result = new ArrayList<Value>();
    groups.forEach(
        (key, group) ->
            result.add(Sequence.tuple(names.getOrDefault(key, key), Sequence.list(group))));
    return Sequence.list(result);
  }
}
