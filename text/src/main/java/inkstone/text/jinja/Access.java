package inkstone.text.jinja;

import java.util.ArrayList;
import java.util.Optional;
import java.util.Set;

/** {@code target.name}, {@code target[index]} and {@code target[from:to:step]}. */
final class Access {

  /** What would change a value: Transformers' sandbox refuses these too. */
  private static final Set<String> CHANGING =
      Set.of(
          "append",
          "extend",
          "insert",
          "remove",
          "sort",
          "reverse",
          "clear",
          "pop",
          "popitem",
          "setdefault",
          "update");

  private Access() {}

  /** An attribute first, then a key of that name. */
  static Value attribute(Run run, Value target, String name) {
    if (target instanceof Undefined missing) {
      throw missing.fault();
    }
    return own(target, name)
        .or(() -> target instanceof Dict dict ? dict.get(name) : Optional.empty())
        .orElseGet(() -> Undefined.attribute(target, name));
  }

  /** A key or an index first, then an attribute of that name. */
  static Value item(Run run, Value target, Value index) {
    if (target instanceof Undefined missing) {
      throw missing.fault();
    }
    var found =
        switch (target) {
          case Dict dict -> dict.get(index);
          case Sequence sequence when sequence.kind().indexed() -> at(sequence, index);
          case Text text -> at(run, text, index);
          default -> Optional.<Value>empty();
        };
    if (found.isEmpty() && index instanceof Text name) {
      found = own(target, name.string());
    }
    return found.orElseGet(() -> Undefined.attribute(target, Printer.str(run, index).string()));
  }

  private static Optional<Value> at(Sequence sequence, Value index) {
    int at = position(index, sequence.items().size());
    return at < 0 ? Optional.empty() : Optional.of(sequence.items().get(at));
  }

  private static Optional<Value> at(Run run, Text text, Value index) {
    run.make(text.units());
    int at = position(index, text.length());
    return at < 0 ? Optional.empty() : Optional.of(text.units(text.unit(at), text.unit(at + 1)));
  }

  private static int position(Value index, int size) {
    if (!(index instanceof Int || index instanceof Bool)) {
      return -1;
    }
    int at = new Int(Numbers.whole(index), false).clamped();
    at = at < 0 ? at + size : at;
    return at < size ? at : -1;
  }

  private static Optional<Value> own(Value target, String name) {
    return switch (target) {
      case Text text -> TextMethods.of(text, name);
      case Dict dict -> refuse(name).or(() -> Methods.of(dict, name));
      case Sequence sequence when sequence.kind().indexed() ->
          refuse(name).or(() -> Methods.of(sequence, name));
      case Namespace namespace -> Optional.ofNullable(namespace.attributes().get(name));
      case Function function -> function.attribute(name);
      default -> Optional.empty();
    };
  }

  private static Optional<Value> refuse(String name) {
    if (!CHANGING.contains(name)) {
      return Optional.empty();
    }
    Function refusing =
        (run, arguments) -> {
          throw new Fault("'%s' would change a value, which a template cannot".formatted(name));
        };
    return Optional.of(refusing);
  }

  static Value slice(Run run, Value target, Value from, Value to, Value by) {
    if (target instanceof Undefined missing) {
      throw missing.fault();
    }
    int size =
        switch (target) {
          case Text text -> text.length();
          case Sequence sequence when sequence.kind().indexed() -> sequence.items().size();
          default -> throw new Fault("a value of type " + target.type() + " has no slices");
        };
    run.make(size);
    int step = bound(by, 1);
    if (step == 0) {
      throw new Fault("a slice cannot have the step 0");
    }
    int start =
        step > 0 ? place(from, size, 0, size, 0) : place(from, size, -1, size - 1, size - 1);
    int stop = step > 0 ? place(to, size, 0, size, size) : place(to, size, -1, size - 1, -1);
    if (target instanceof Text text && step == 1) {
      return start >= stop ? Text.EMPTY : text.units(text.unit(start), text.unit(stop));
    }
    var items = Operators.items(run, target);
    var taken = new ArrayList<Value>();
    for (long i = start; step > 0 ? i < stop : i > stop; i += step) {
      taken.add(items.get((int) i));
    }
    if (target instanceof Sequence sequence) {
      return new Sequence(sequence.kind(), taken);
    }
    var out = new TextBuilder();
    taken.forEach(character -> out.append((Text) character));
    return out.build();
  }

  private static int place(Value bound, int size, int least, int most, int otherwise) {
    if (bound instanceof None) {
      return otherwise;
    }
    long at = bound(bound, 0);
    at = at < 0 ? at + size : at;
    return (int) Math.clamp(at, least, most);
  }

  private static int bound(Value bound, int otherwise) {
    return switch (bound) {
      case None none -> otherwise;
      case Int number -> number.clamped();
      case Bool flag -> flag == Bool.TRUE ? 1 : 0;
      default -> throw new Fault("a slice needs whole numbers, found " + bound.type());
    };
  }
}
