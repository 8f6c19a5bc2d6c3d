package inkstone.text.jinja;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** The methods of dicts and lists. */
final class Methods {

  private Methods() {}

  static Optional<Value> of(Dict dict, String name) {
    Function method =
        switch (name) {
          case "items" -> (run, in) -> items(run, dict);
          case "keys" ->
              (run, in) -> new Sequence(Sequence.Kind.KEYS, List.copyOf(dict.entries().keySet()));
          case "values" ->
              (run, in) -> new Sequence(Sequence.Kind.VALUES, List.copyOf(dict.entries().values()));
          case "copy" -> (run, in) -> dict;
          case "get" ->
              (run, in) -> {
                var given = in.bind("get", "key", "default");
                return dict.get(given.get("key")).orElseGet(() -> given.orNone("default"));
              };
          default -> null;
        };
    return Optional.ofNullable(method);
  }

  static Value items(Run run, Dict dict) {
    run.make(8L * dict.entries().size());
    var pairs = new ArrayList<Value>();
    dict.entries().forEach((key, value) -> pairs.add(Sequence.tuple(key, value)));
    return new Sequence(Sequence.Kind.ITEMS, pairs);
  }

  static Optional<Value> of(Sequence sequence, String name) {
    Function method =
        switch (name) {
          case "copy" -> (run, in) -> sequence;
          case "index" ->
              (run, in) -> {
                var wanted = in.bind("index", "value").get("value");
                for (int i = 0; i < sequence.items().size(); i++) {
                  if (Operators.equal(run, sequence.items().get(i), wanted)) {
                    return Int.plain(i);
                  }
                }
                throw new Fault("index: the value is not in the list");
              };
          case "count" ->
              (run, in) -> {
                var wanted = in.bind("count", "value").get("value");
                return Int.plain(
                    sequence.items().stream()
                        .filter(item -> Operators.equal(run, item, wanted))
                        .count());
              };
          default -> null;
        };
    return Optional.ofNullable(method);
  }
}
