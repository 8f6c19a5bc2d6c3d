package inkstone.text.jinja;

import java.util.List;

/** Python's {@code '%s' % x} and {@code '{}'.format(x)}, without widths and the like. */
final class Formats {

  private Formats() {}

  /** {@code %s}, {@code %r}, {@code %d} and {@code %%}. */
  static Text percent(Run run, Text format, Value values) {
    var given =
        values instanceof Sequence tuple && tuple.kind() == Sequence.Kind.TUPLE
            ? tuple.items()
            : List.of(values);
    var out = new TextBuilder();
    var string = format.string();
    int used = 0;
    int at = 0;
    while (at < string.length()) {
      int percent = string.indexOf('%', at);
      if (percent < 0) {
        break;
      }
      out.append(format, at, percent);
      char kind = percent + 1 < string.length() ? string.charAt(percent + 1) : ' ';
      if (kind == '%') {
        out.append(format, percent, percent + 1);
      } else if ("srd".indexOf(kind) < 0) {
        throw new Fault("in '%' formatting only %s, %r, %d and %% are supported");
      } else if (used == given.size()) {
        throw new Fault("'%' formatting has too few values");
      } else {
        out.append(one(run, kind, given.get(used++)));
      }
      run.check(out.units());
      at = percent + 2;
    }
    if (used < given.size() && !(values instanceof Dict)) {
      throw new Fault("'%' formatting has too many values");
    }
    return out.append(format, Math.min(at, string.length()), string.length()).build();
  }

  private static Text one(Run run, char kind, Value value) {
    return switch (kind) {
      case 's' -> Printer.str(run, value);
      case 'r' -> Printer.repr(run, value);
      default -> {
        if (!Numbers.is(value)) {
          throw new Fault("%d needs a number, found " + value.type());
        }
        yield Printer.str(run, Filters.apply(run, "int", value, Arguments.NONE));
      }
    };
  }

  /** {@code {}}, {@code {0}} and {@code {name}}. */
  static Text braces(Run run, Text format, Arguments arguments) {
    var out = new TextBuilder();
    var string = format.string();
    int used = 0;
    for (int at = 0; at < string.length(); ) {
      char c = string.charAt(at);
      boolean twice = at + 1 < string.length() && string.charAt(at + 1) == c;
      if ((c == '{' || c == '}') && twice) {
        out.append(format, at, at + 1);
        at += 2;
      } else if (c == '{') {
        int end = string.indexOf('}', at);
        if (end < 0) {
          throw new Fault("format: a '{' is never closed");
        }
        var name = string.substring(at + 1, end);
        out.append(Printer.str(run, field(name, name.isEmpty() ? used++ : used, arguments)));
        run.check(out.units());
        at = end + 1;
      } else {
        int end = at + 1;
        while (end < string.length() && "{}".indexOf(string.charAt(end)) < 0) {
          end++;
        }
        out.append(format, at, end);
        at = end;
      }
    }
    return out.build();
  }

  private static Value field(String name, int next, Arguments arguments) {
    if (name.isEmpty() || name.matches("\\d{1,4}")) {
      int index = name.isEmpty() ? next : Integer.parseInt(name);
      if (index < arguments.positional().size()) {
        return arguments.positional().get(index);
      }
      throw new Fault("format: there is no value number " + index);
    }
    var value = arguments.named().get(name);
    if (value == null) {
      throw new Fault(
          "format: '{%s}' names no value; widths and types are not supported".formatted(name));
    }
    return value;
  }
}
