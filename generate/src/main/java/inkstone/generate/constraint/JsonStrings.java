package inkstone.generate.constraint;

import java.util.ArrayList;
import java.util.Locale;

/** Texts as they stand between the quotes of a JSON string (RFC 8259, section 7). */
final class JsonStrings {

  /** What need not be escaped. */
  static final CodePoints PLAIN =
      CodePoints.of(0x20, Character.MAX_CODE_POINT).minus(CodePoints.of("\"\\"));

  private static final String SHORT = "\"\\\b\f\n\r\t";
  private static final String SHORT_NAMES = "\"\\bfnrt";

  private JsonStrings() {}

  /** One character in any of the ways in which JSON writes it; halves of pairs only together. */
  static Syntax character() {
    var hex = new Syntax.Chars(CodePoints.of("0123456789abcdefABCDEF"));
    var whole =
        Syntax.choice(
            Syntax.sequence(chars("0123456789abcABCefEF"), hex, hex, hex),
            Syntax.sequence(chars("dD"), chars("01234567"), hex, hex));
    var pair =
        Syntax.sequence(
            chars("dD"),
            chars("89abAB"),
            hex,
            hex,
            Syntax.literal("\\u"),
            chars("dD"),
            chars("cdefCDEF"),
            hex,
            hex);
    return Syntax.choice(
        new Syntax.Chars(PLAIN),
        Syntax.sequence(
            Syntax.literal("\\"),
            Syntax.choice(
                chars("\"\\/bfnrt"),
                Syntax.sequence(Syntax.literal("u"), Syntax.choice(whole, pair)))));
  }

  private static Syntax chars(String members) {
    return new Syntax.Chars(CodePoints.of(members));
  }

  /** What {@code syntax} stands for, each character in one way: escaped only where it must be. */
  static Syntax escaped(Syntax syntax) {
    return switch (syntax) {
      case Syntax.Chars chars -> escaped(chars.set());
      case Syntax.Literal literal -> Syntax.literal(escaped(literal.text()));
      case Syntax.Sequence sequence ->
          new Syntax.Sequence(sequence.parts().stream().map(JsonStrings::escaped).toList());
      case Syntax.Choice choice ->
          new Syntax.Choice(choice.options().stream().map(JsonStrings::escaped).toList());
      case Syntax.Repeat repeat ->
          new Syntax.Repeat(escaped(repeat.part()), repeat.min(), repeat.max());
      case Syntax.Call call -> call;
    };
  }

  private static Syntax escaped(CodePoints set) {
    var ways = new ArrayList<Syntax>();
    ways.add(new Syntax.Chars(set.intersection(PLAIN)));
    PLAIN.complement().intersection(set).ranges().stream()
        .flatMapToInt(r -> java.util.stream.IntStream.rangeClosed(r.first(), r.last()))
        .forEach(c -> ways.add(Syntax.literal(escaped(Character.toString(c)))));
    return new Syntax.Choice(ways);
  }

  /** A text as it stands between quotes. */
  static String escaped(String text) {
    var out = new StringBuilder();
    text.codePoints()
        .forEach(
            c -> {
              int name = c < 0x80 ? SHORT.indexOf(c) : -1;
              boolean half = c >= Character.MIN_SURROGATE && c <= Character.MAX_SURROGATE;
              if (name >= 0) {
                out.append('\\').append(SHORT_NAMES.charAt(name));
              } else if (c < 0x20 || half) {
                out.append(String.format(Locale.ROOT, "\\u%04x", c));
              } else {
                out.appendCodePoint(c);
              }
            });
    return out.toString();
  }

  /** A text with its quotes. */
  static String quoted(String text) {
    return '"' + escaped(text) + '"';
  }
}
