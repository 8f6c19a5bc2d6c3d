package inkstone.text.jinja;

import java.math.BigDecimal;
import java.util.List;
import java.util.Map;
import java.util.function.BiConsumer;

/** Values as text: Python's {@code str} and {@code repr}. */
final class Printer {

  private Printer() {}

  /** What {@code {{ value }}} prints. */
  static Text str(Run run, Value value) {
    return switch (value) {
      case Text text -> text;
      case Undefined missing -> Text.EMPTY;
      default -> {
        var out = new TextBuilder();
        repr(run, value, out);
        yield out.build();
      }
    };
  }

  /** Python's {@code repr}: as {@link #str}, but strings have quotes. */
  static Text repr(Run run, Value value) {
    var out = new TextBuilder();
    repr(run, value, out);
    return out.build();
  }

  private static void repr(Run run, Value value, TextBuilder out) {
    run.enter();
    try {
      run.check(out.units());
      switch (value) {
        case Undefined missing -> out.plain("Undefined");
        case None none -> out.plain("None");
        case Bool flag -> out.plain(flag == Bool.TRUE ? "True" : "False");
        case Int number -> out.append(number.value().toString(), number.trusted());
        case Real number -> out.append(real(number.value()), number.trusted());
        case Text text -> quote(run, text, out);
        case Sequence sequence -> sequence(run, sequence, out);
        case Dict dict -> entries(run, dict.entries(), (key, text) -> repr(run, key, text), out);
        case Namespace namespace -> {
          out.plain("<TemplateNamespace ");
          entries(
              run, namespace.attributes(), (name, text) -> quote(run, Text.plain(name), text), out);
          out.plain(">");
        }
        case Stream stream -> out.plain("<generator>");
        case Function function -> out.plain("<function>");
      }
    } finally {
      run.leave();
    }
  }

  private static void sequence(Run run, Sequence sequence, TextBuilder out) {
    var items = sequence.items();
    switch (sequence.kind()) {
      case TUPLE -> {
        out.plain("(");
        items(run, items, out);
        out.plain(items.size() == 1 ? ",)" : ")");
      }
      case LIST -> {
        out.plain("[");
        items(run, items, out);
        out.plain("]");
      }
      default -> {
        out.plain(sequence.type() + "([");
        items(run, items, out);
        out.plain("])");
      }
    }
  }

  private static void items(Run run, List<Value> items, TextBuilder out) {
    for (int i = 0; i < items.size(); i++) {
      out.plain(i == 0 ? "" : ", ");
      repr(run, items.get(i), out);
    }
  }

  private static <K> void entries(
      Run run, Map<K, Value> entries, BiConsumer<K, TextBuilder> key, TextBuilder out) {
    out.plain("{");
    boolean first = true;
    for (var entry : entries.entrySet()) {
      out.plain(first ? "" : ", ");
      first = false;
      key.accept(entry.getKey(), out);
      out.plain(": ");
      repr(run, entry.getValue(), out);
    }
    out.plain("}");
  }

  private static void quote(Run run, Text text, TextBuilder out) {
    run.make(text.units());
    var string = text.string();
    char quote = string.indexOf('\'') >= 0 && string.indexOf('"') < 0 ? '"' : '\'';
    out.plain(Character.toString(quote));
    for (int at = 0; at < string.length(); ) {
      int c = string.codePointAt(at);
      int end = at + Character.charCount(c);
      if (c == quote || c == '\\') {
        out.append("\\" + Character.toString(c), text.trustedAt(at));
      } else if (c == '\n' || c == '\r' || c == '\t') {
        out.append(c == '\n' ? "\\n" : c == '\r' ? "\\r" : "\\t", text.trustedAt(at));
      } else if (printable(c)) {
        out.append(text, at, end);
      } else {
        String form = c < 0x100 ? "\\x%02x" : c < 0x10000 ? "\\u%04x" : "\\U%08x";
        out.append(form.formatted(c), text.trustedAt(at));
      }
      at = end;
    }
    out.plain(Character.toString(quote));
  }

  private static boolean printable(int c) {
    return switch (Character.getType(c)) {
      case Character.CONTROL,
          Character.FORMAT,
          Character.SURROGATE,
          Character.PRIVATE_USE,
          Character.UNASSIGNED,
          Character.LINE_SEPARATOR,
          Character.PARAGRAPH_SEPARATOR ->
          false;
      case Character.SPACE_SEPARATOR -> c == ' ';
      default -> true;
    };
  }

  /** The shortest digits that give the number again, written as Python writes them. */
  static String real(double value) {
    if (Double.isNaN(value)) {
      return "nan";
    }
    if (Double.isInfinite(value)) {
      return value > 0 ? "inf" : "-inf";
    }
    if (value == 0) {
      return 1 / value < 0 ? "-0.0" : "0.0";
    }
    var decimal = new BigDecimal(Double.toString(value)).stripTrailingZeros();
    int exponent = decimal.precision() - decimal.scale() - 1;
    if (exponent >= -4 && exponent < 16) {
      String plain = decimal.toPlainString();
      return plain.indexOf('.') < 0 ? plain + ".0" : plain;
    }
    String digits = decimal.unscaledValue().abs().toString();
    return (value < 0 ? "-" : "")
        + digits.charAt(0)
        + (digits.length() > 1 ? "." + digits.substring(1) : "")
        + "e%s%02d".formatted(exponent < 0 ? "-" : "+", Math.abs(exponent));
  }
}
