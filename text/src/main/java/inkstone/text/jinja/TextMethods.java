package inkstone.text.jinja;

import java.util.List;
import java.util.Optional;
import java.util.function.IntPredicate;

/** The methods of strings. */
final class TextMethods {

  private TextMethods() {}

  static Optional<Value> of(Text text, String name) {
    Function method =
        switch (name) {
          case "strip", "lstrip", "rstrip" ->
              (run, in) -> {
                var characters = in.bind(name, "characters").orNone("characters");
                return Texts.strip(
                    run, text, characters, !name.equals("rstrip"), !name.equals("lstrip"));
              };
          case "split" -> (run, in) -> split(run, text, in.bind(name, "sep", "maxsplit"), false);
          case "rsplit" -> (run, in) -> split(run, text, in.bind(name, "sep", "maxsplit"), true);
          case "splitlines" -> (run, in) -> lines(run, text, in);
          case "partition", "rpartition" ->
              (run, in) ->
                  Splitting.partition(
                      run, text, in.bind(name, "sep").text("sep"), name.startsWith("r"));
          case "replace" ->
              (run, in) -> {
                var given = in.bind(name, "old", "new", "count");
                return Texts.replace(
                    run, text, given.text("old"), given.text("new"), given.number("count", -1));
              };
          case "startswith", "endswith" ->
              (run, in) -> {
                var given = in.bind(name, "text", "start", "end");
                var part =
                    Access.slice(run, text, given.orNone("start"), given.orNone("end"), None.NONE);
                return Bool.of(affix((Text) part, given, name.startsWith("s")));
              };
          case "removeprefix" ->
              (run, in) -> {
                var part = in.bind(name, "prefix").text("prefix").string();
                boolean has = text.string().startsWith(part);
                return has ? text.units(part.length(), text.units()) : text;
              };
          case "removesuffix" ->
              (run, in) -> {
                var part = in.bind(name, "suffix").text("suffix").string();
                boolean has = text.string().endsWith(part);
                return has ? text.units(0, text.units() - part.length()) : text;
              };
          case "find", "rfind", "index", "rindex" ->
              (run, in) -> {
                run.make(text.units());
                var part = in.bind(name, "sub").text("sub").string();
                int at =
                    name.startsWith("r")
                        ? text.string().lastIndexOf(part)
                        : text.string().indexOf(part);
                if (at < 0 && name.endsWith("index")) {
                  throw new Fault(name + ": the text is not there");
                }
                return Int.plain(at < 0 ? -1 : text.string().codePointCount(0, at));
              };
          case "count" ->
              (run, in) -> Int.plain(Texts.count(run, text, in.bind(name, "sub").text("sub")));
          case "join" ->
              (run, in) -> {
                var items = Operators.items(run, in.bind(name, "items").get("items"));
                for (Value item : items) {
                  if (!(item instanceof Text)) {
                    throw new Fault("join needs strings, found " + item.type());
                  }
                }
                return Texts.join(run, items, text);
              };
          case "format" -> (run, in) -> Formats.braces(run, text, in);
          case "upper", "lower", "casefold", "title", "capitalize", "swapcase" ->
              (run, in) -> {
                in.bind(name);
                return Cases.method(run, text, name);
              };
          case "zfill", "ljust", "rjust", "center" ->
              (run, in) -> Texts.pad(run, text, name, in.bind(name, "width", "fill"));
          case "isspace" -> is(text, Spaces::is);
          case "isdigit", "isdecimal", "isnumeric" -> is(text, Character::isDigit);
          case "isalpha" -> is(text, Character::isLetter);
          case "isalnum" -> is(text, Character::isLetterOrDigit);
          case "isupper" ->
              (run, in) -> Bool.of(Cases.isAll(text.string(), Character::isUpperCase));
          case "islower" ->
              (run, in) -> Bool.of(Cases.isAll(text.string(), Character::isLowerCase));
          default -> null;
        };
    return Optional.ofNullable(method);
  }

  private static Function is(Text text, IntPredicate kind) {
    return (run, in) -> {
      run.make(text.units());
      return Bool.of(!text.isEmpty() && text.string().codePoints().allMatch(kind));
    };
  }

  private static boolean affix(Text text, Parameters given, boolean start) {
    List<Value> wanted =
        given.get("text") instanceof Sequence several && several.kind() == Sequence.Kind.TUPLE
            ? several.items()
            : List.of(given.text("text"));
    for (Value one : wanted) {
      if (!(one instanceof Text part)) {
        throw given.wrong("text", "a string or a tuple of them");
      }
      if (start ? text.string().startsWith(part.string()) : text.string().endsWith(part.string())) {
        return true;
      }
    }
    return false;
  }

  private static Value split(Run run, Text text, Parameters given, boolean fromRight) {
    int most = given.number("maxsplit", -1);
    return given.orNone("sep") instanceof None
        ? Splitting.atSpaces(run, text, most, fromRight)
        : Splitting.at(run, text, given.text("sep"), most, fromRight);
  }

  private static Value lines(Run run, Text text, Arguments in) {
    boolean keep = in.bind("splitlines", "keepends").flag("keepends", false);
    return Sequence.list(List.copyOf(Splitting.lines(run, text, keep)));
  }
}
