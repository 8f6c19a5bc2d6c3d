package inkstone.text.jinja;

import java.util.Map;

/** Filters whose result is a string. */
final class TextFilters {

  static final Map<String, Filters.Filter> ALL =
      Map.ofEntries(
          Map.entry("string", (run, value, in) -> Printer.str(run, value)),
          Map.entry("safe", (run, value, in) -> Printer.str(run, value)),
          Map.entry("escape", TextFilters::escape),
          Map.entry("e", TextFilters::escape),
          Map.entry("forceescape", TextFilters::escape),
          Map.entry("upper", (run, value, in) -> Cases.upper(run, Printer.str(run, value))),
          Map.entry("lower", (run, value, in) -> Cases.lower(run, Printer.str(run, value))),
          Map.entry(
              "capitalize", (run, value, in) -> Cases.capitalize(run, Printer.str(run, value))),
          Map.entry("title", TextFilters::title),
          Map.entry("trim", TextFilters::trim),
          Map.entry("replace", TextFilters::replace),
          Map.entry("indent", TextFilters::indent),
          Map.entry("center", TextFilters::center),
          Map.entry("truncate", TextFilters::truncate),
          Map.entry("format", TextFilters::format));

  private TextFilters() {}

  private static Value escape(Run run, Value value, Arguments in) {
    var text = Printer.str(run, value);
    run.make(6L * text.units());
    var out = new TextBuilder();
    for (int at = 0; at < text.units(); at++) {
      String escaped =
          switch (text.string().charAt(at)) {
            case '&' -> "&amp;";
            case '<' -> "&lt;";
            case '>' -> "&gt;";
            case '\'' -> "&#39;";
            case '"' -> "&#34;";
            default -> "";
          };
      if (escaped.isEmpty()) {
        out.append(text, at, at + 1);
      } else {
        out.append(escaped, text.trustedAt(at));
      }
    }
    return out.build();
  }

  private static Value title(Run run, Value value, Arguments in) {
    return Cases.words(run, Printer.str(run, value), c -> Spaces.is(c) || "-({[<".indexOf(c) >= 0);
  }

  private static Value trim(Run run, Value value, Arguments in) {
    var characters = in.bind("trim", "chars").orNone("chars");
    return Texts.strip(run, Printer.str(run, value), characters, true, true);
  }

  private static Value replace(Run run, Value value, Arguments in) {
    var given = in.bind("replace", "old", "new", "count");
    return Texts.replace(
        run,
        Printer.str(run, value),
        Printer.str(run, given.get("old")),
        Printer.str(run, given.get("new")),
        given.number("count", -1));
  }

  private static Value indent(Run run, Value value, Arguments in) {
    var given = in.bind("indent", "width", "first", "blank");
    var text = Printer.str(run, value);
    Text indention;
    if (given.orNone("width") instanceof Text prefix) {
      indention = prefix;
    } else {
      int width = Math.max(0, given.number("width", 4));
      run.make(width);
      indention = Text.trusted(" ".repeat(width));
    }
    boolean blank = given.flag("blank", false);
    var lines = Splitting.lines(run, text.plus(Text.trusted("\n")), false);
    var out = new TextBuilder();
    for (int i = 0; i < lines.size(); i++) {
      var line = lines.get(i);
      boolean indented = i == 0 ? given.flag("first", false) : blank || !line.isEmpty();
      run.make((long) indention.units() + line.units());
      run.check(out.units());
      if (i > 0) {
        out.append("\n", true);
      }
      out.append(indented ? indention : Text.EMPTY).append(line);
    }
    return out.build();
  }

  private static Value center(Run run, Value value, Arguments in) {
    var given = in.bind("center", "width");
    return Texts.pad(
        run,
        Printer.str(run, value),
        "center",
        new Parameters("center", Map.of("width", Int.plain(given.number("width", 80)))));
  }

  private static Value truncate(Run run, Value value, Arguments in) {
    var given = in.bind("truncate", "length", "killwords", "end", "leeway");
    var text = Printer.str(run, value);
    int length = given.number("length", 255);
    var end = given.has("end") ? given.text("end") : Text.trusted("...");
    int leeway = given.number("leeway", 5);
    if (length < end.length() || leeway < 0) {
      throw new Fault("truncate: the length is below that of the end, or the leeway below 0");
    }
    if (text.length() <= (long) length + leeway) {
      return text;
    }
    var cut = text.units(0, text.unit(length - end.length()));
    int space = cut.string().lastIndexOf(' ');
    boolean words = !given.flag("killwords", false) && space >= 0;
    return (words ? cut.units(0, space) : cut).plus(end);
  }

  private static Value format(Run run, Value value, Arguments in) {
    return Formats.percent(
        run, Printer.str(run, value), new Sequence(Sequence.Kind.TUPLE, in.positional()));
  }
}
