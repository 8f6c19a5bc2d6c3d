package inkstone.generate.constraint;

import java.util.ArrayList;
import java.util.List;

/**
 * The rules of a grammar of JSON texts while it is made. White space is at most one space behind a
 * colon or a comma.
 */
final class JsonRules {

  static final Syntax SPACE = Syntax.optional(Syntax.literal(" "));
  static final Syntax COMMA = Syntax.sequence(Syntax.literal(","), SPACE);
  static final Syntax COLON = Syntax.sequence(Syntax.literal(":"), SPACE);
  static final Syntax BOOLEAN = Syntax.choice(Syntax.literal("true"), Syntax.literal("false"));
  static final Syntax NULL = Syntax.literal("null");

  private static final int CHARACTER = 1;
  private static final int VALUE = 2;

  private final List<Syntax> rules = new ArrayList<>();

  JsonRules() {
    rules.add(Syntax.NOTHING);
    rules.add(JsonStrings.character());
    rules.add(
        Syntax.choice(
            map(string(), value()),
            list(value(), 0, Syntax.UNBOUNDED),
            string(),
            JsonNumbers.any(),
            BOOLEAN,
            NULL));
  }

  /** The grammar in which a whole text is {@code start}. */
  Grammar grammar(Syntax start) {
    rules.set(0, start);
    return new Grammar(rules);
  }

  /** A further rule; what it says may be {@link #set} later. */
  int add(Syntax syntax) {
    rules.add(syntax);
    return rules.size() - 1;
  }

  void set(int rule, Syntax syntax) {
    rules.set(rule, syntax);
  }

  /** Any value at all. */
  static Syntax value() {
    return new Syntax.Call(VALUE);
  }

  /** Any string. */
  static Syntax string() {
    return string(0, Syntax.UNBOUNDED);
  }

  /** A string of so many characters. */
  static Syntax string(int min, int max) {
    return quoted(new Syntax.Repeat(new Syntax.Call(CHARACTER), min, max));
  }

  /** A string that is, between its quotes, {@code content}. */
  static Syntax quoted(Syntax content) {
    return Syntax.sequence(Syntax.literal("\""), content, Syntax.literal("\""));
  }

  /** An object whose members all are of one kind. */
  static Syntax map(Syntax key, Syntax value) {
    var member = Syntax.sequence(key, COLON, value);
    return Syntax.sequence(
        Syntax.literal("{"),
        Syntax.optional(Syntax.sequence(member, Syntax.any(Syntax.sequence(COMMA, member)))),
        Syntax.literal("}"));
  }

  /** An array of {@code min} to {@code max} items of one kind. */
  static Syntax list(Syntax item, int min, int max) {
    if (max == 0) {
      return Syntax.literal("[]");
    }
    var more =
        new Syntax.Repeat(
            Syntax.sequence(COMMA, item),
            Math.max(0, min - 1),
            max == Syntax.UNBOUNDED ? max : max - 1);
    var some = Syntax.sequence(item, more);
    return Syntax.sequence(
        Syntax.literal("["), min == 0 ? Syntax.optional(some) : some, Syntax.literal("]"));
  }
}
