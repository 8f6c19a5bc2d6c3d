package inkstone.text.jinja;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;

/**
 * The filter {@code tojson} as Transformers defines it: Python's {@code json.dumps}, by default
 * without escapes for what is not ASCII. Strings keep their marks; brackets and the like are plain,
 * so that data can never spell a special token with them.
 */
final class JsonText {

  private final Run run;
  private final boolean ascii;
  private final boolean sorted;
  private final String indent;
  private final Text between;
  private final Text colon;
  private final TextBuilder out = new TextBuilder();

  private JsonText(
      Run run, boolean ascii, boolean sorted, String indent, Text between, Text colon) {
    this.run = run;
    this.ascii = ascii;
    this.sorted = sorted;
    this.indent = indent;
    this.between = between;
    this.colon = colon;
  }

  /**
   * The filter: {@code tojson(ensure_ascii=false, indent=none, separators=none, sort_keys=false)}.
   */
  static Value filter(Run run, Value value, Arguments arguments) {
    var given = arguments.bind("tojson", "ensure_ascii", "indent", "separators", "sort_keys");
    boolean indented = !(given.orNone("indent") instanceof None);
    var between = Text.plain(indented ? "," : ", ");
    var colon = Text.plain(": ");
    if (given.orNone("separators") instanceof Sequence pair) {
      if (pair.items().size() != 2
          || !(pair.items().get(0) instanceof Text first)
          || !(pair.items().get(1) instanceof Text second)) {
        throw given.wrong("separators", "two strings");
      }
      between = first;
      colon = second;
    }
    String indent = "";
    if (given.orNone("indent") instanceof Text text) {
      indent = "\n" + text.string();
    } else if (indented) {
      int width = given.number("indent", 0);
      run.make(Math.max(0, width));
      indent = "\n" + " ".repeat(Math.max(0, width));
    }
    var json =
        new JsonText(
            run,
            given.flag("ensure_ascii", false),
            given.flag("sort_keys", false),
            indent,
            between,
            colon);
    json.write(value, 0);
    return json.out.build();
  }

  private void write(Value value, int level) {
    run.enter();
    try {
      run.check(out.units());
      switch (value) {
        case None none -> out.plain("null");
        case Bool flag -> out.plain(flag == Bool.TRUE ? "true" : "false");
        case Int number -> out.append(number.value().toString(), number.trusted());
        case Real number -> out.append(real(number.value()), number.trusted());
        case Text text -> string(text);
        case Sequence sequence
            when sequence.kind() == Sequence.Kind.LIST || sequence.kind() == Sequence.Kind.TUPLE ->
            list(sequence.items(), level);
        case Dict dict -> dict(dict, level);
        case Undefined missing -> throw missing.fault();
        default -> throw new Fault("tojson: a value of type " + value.type() + " is not JSON");
      }
    } finally {
      run.leave();
    }
  }

  private void list(List<Value> items, int level) {
    out.plain("[");
    for (int i = 0; i < items.size(); i++) {
      separate(i, level + 1);
      write(items.get(i), level + 1);
    }
    end(items.isEmpty(), level, "]");
  }

  private void dict(Dict dict, int level) {
    out.plain("{");
    var entries = new ArrayList<>(dict.entries().entrySet());
    if (sorted) {
      entries.sort(Map.Entry.comparingByKey(order()));
    }
    for (int i = 0; i < entries.size(); i++) {
      separate(i, level + 1);
      key(entries.get(i).getKey());
      out.append(colon);
      write(entries.get(i).getValue(), level + 1);
    }
    end(entries.isEmpty(), level, "}");
  }

  private Comparator<Value> order() {
    return (a, b) -> Operators.compare(run, a, b);
  }

  private void key(Value key) {
    switch (key) {
      case Text text -> string(text);
      case None none -> out.plain("\"null\"");
      case Bool flag -> out.plain(flag == Bool.TRUE ? "\"true\"" : "\"false\"");
      case Real number -> string(Text.plain(real(number.value())));
      default -> string(Printer.str(run, key));
    }
  }

  private void separate(int index, int level) {
    if (index > 0) {
      out.append(between);
    }
    newLine(level);
  }

  private void end(boolean empty, int level, String bracket) {
    if (!empty) {
      newLine(level);
    }
    out.plain(bracket);
  }

  private void newLine(int level) {
    if (!indent.isEmpty()) {
      run.make((long) indent.length() * level);
      out.plain("\n" + indent.substring(1).repeat(level));
    }
  }

  private static String real(double value) {
    if (Double.isNaN(value)) {
      return "NaN";
    }
    return Double.isInfinite(value) ? (value > 0 ? "Infinity" : "-Infinity") : Printer.real(value);
  }

  private void string(Text text) {
    run.make((long) text.units());
    var string = text.string();
    out.plain("\"");
    int written = 0;
    for (int at = 0; at < string.length(); at++) {
      String escape = escape(string.charAt(at));
      if (!escape.isEmpty()) {
        out.append(text, written, at).append(escape, text.trustedAt(at));
        written = at + 1;
      }
    }
    out.append(text, written, string.length());
    out.plain("\"");
  }

  private String escape(char c) {
    return switch (c) {
      case '"' -> "\\\"";
      case '\\' -> "\\\\";
      case '\n' -> "\\n";
      case '\r' -> "\\r";
      case '\t' -> "\\t";
      case '\f' -> "\\f";
      case '\b' -> "\\b";
      default -> c < 0x20 || (ascii && c > 0x7E) ? "\\u%04x".formatted((int) c) : "";
    };
  }
}
