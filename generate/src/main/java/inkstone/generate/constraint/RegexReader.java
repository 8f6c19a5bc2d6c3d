package inkstone.generate.constraint;

import java.util.ArrayList;
import java.util.List;

/** Reads a regular expression; the grammar is told at {@link Constraint#regex}. */
final class RegexReader {

  /** What an expression without {@code ^} and {@code $} speaks of. */
  enum Ends {
    /** The whole text. */
    WHOLE,
    /** Some part of the text, as a schema's {@code pattern} does. */
    WITHIN
  }

  private static final int DEEPEST = 200;
  private static final int MOST_REPEATS = 100_000;
  private static final CodePoints LINE_ENDS = CodePoints.of("\n\r\u0085\u2028\u2029");

  private final String text;
  private final Ends ends;
  private final RegexClass classes = new RegexClass(this);
  private int at;
  private int depth;

  private RegexReader(String text, Ends ends) {
    this.text = text;
    this.ends = ends;
  }

  /**
   * The texts that {@code expression} stands for.
   *
   * @throws ConstraintException if it is none that is known
   */
  static Syntax read(String expression, Ends ends) {
    return new RegexReader(expression, ends).read();
  }

  private Syntax read() {
    var options = new ArrayList<Syntax>();
    do {
      options.add(outermost());
    } while (take('|'));
    if (at < text.length()) {
      throw fault(at, "a ')' without its '('");
    }
    return options.size() == 1 ? options.getFirst() : new Syntax.Choice(options);
  }

  /** One alternative of the whole expression, the only place of anchors. */
  private Syntax outermost() {
    boolean first = take('^');
    var parts = new ArrayList<>(parts());
    boolean last = take('$');
    if (last && at < text.length() && text.charAt(at) != '|') {
      throw fault(at - 1, "'$' before the end, which nothing can match");
    }
    if (ends == Ends.WITHIN) {
      var anything = Syntax.any(new Syntax.Chars(CodePoints.ALL));
      if (!first) {
        parts.addFirst(anything);
      }
      if (!last) {
        parts.addLast(anything);
      }
    }
    return new Syntax.Sequence(parts);
  }

  private List<Syntax> parts() {
    var parts = new ArrayList<Syntax>();
    while (at < text.length() && "|)$".indexOf(text.charAt(at)) < 0) {
      parts.add(repeated(single()));
    }
    return parts;
  }

  private Syntax repeated(Syntax part) {
    int start = at;
    var bounds = bounds();
    if (bounds.length == 0) {
      return part;
    }
    if (take('+')) {
      throw fault(at - 1, "a possessive repetition, which is not supported; leave the last '+'");
    }
    // A reluctant repetition stands for the same texts.
    take('?');
    if (at < text.length() && ("*+?".indexOf(text.charAt(at)) >= 0 || bounded())) {
      throw fault(start, "a repetition of a repetition; put the inner one into (...)");
    }
    return new Syntax.Repeat(part, bounds[0], bounds[1]);
  }

  private boolean bounded() {
    return text.startsWith("{", at);
  }

  private int[] bounds() {
    if (take('*')) {
      return new int[] {0, Syntax.UNBOUNDED};
    }
    if (take('+')) {
      return new int[] {1, Syntax.UNBOUNDED};
    }
    if (take('?')) {
      return new int[] {0, 1};
    }
    if (!take('{')) {
      return new int[0];
    }
    int start = at - 1;
    int min = number(start);
    int max = min;
    if (take(',')) {
      max = text.startsWith("}", at) ? Syntax.UNBOUNDED : number(start);
    }
    if (!take('}') || (max != Syntax.UNBOUNDED && max < min)) {
      throw fault(start, "a repetition that is not {m}, {m,} or {m,n} with m up to n");
    }
    return new int[] {min, max};
  }

  private int number(int start) {
    int from = at;
    while (at < text.length() && text.charAt(at) >= '0' && text.charAt(at) <= '9') {
      at++;
    }
    if (from == at) {
      throw fault(
          start, "a repetition that is not {m}, {m,} or {m,n}; write \\{ for the character");
    }
    var digits = text.substring(from, at);
    if (digits.length() > 6 || Integer.parseInt(digits) > MOST_REPEATS) {
      throw fault(start, "a repetition of more than %,d times".formatted(MOST_REPEATS));
    }
    return Integer.parseInt(digits);
  }

  private Syntax single() {
    int start = at;
    int c = character();
    return switch (c) {
      case '(' -> group(start);
      case '[' -> new Syntax.Chars(classes.members(start));
      case '.' -> new Syntax.Chars(LINE_ENDS.complement());
      case '\\' -> new Syntax.Chars(classes.escape(start));
      case '*', '+', '?', '{' ->
          throw fault(start, "a repetition of nothing; write \\%c for the character".formatted(c));
      case '^' -> throw fault(start, "'^' behind the beginning, which nothing can match");
      default -> new Syntax.Chars(CodePoints.of(c, c));
    };
  }

  private Syntax group(int start) {
    if (take('?') && !take(':')) {
      throw fault(
          start,
          "'%s': groups with (? are not supported but for (?:...)"
              .formatted(text.substring(start, Math.min(text.length(), start + 3))));
    }
    if (++depth > DEEPEST) {
      throw fault(start, "groups nested more than %d deep".formatted(DEEPEST));
    }
    var options = new ArrayList<Syntax>();
    do {
      options.add(new Syntax.Sequence(parts()));
      if (text.startsWith("$", at)) {
        throw fault(at, "'$' inside a group; it may stand at the end of the expression alone");
      }
    } while (take('|'));
    if (!take(')')) {
      throw fault(start, "a '(' without its ')'");
    }
    depth--;
    return options.size() == 1 ? options.getFirst() : new Syntax.Choice(options);
  }

  /** Whether nothing is left. */
  boolean atEnd() {
    return at >= text.length();
  }

  /** How far reading has come. */
  int place() {
    return at;
  }

  /** Goes behind {@code expected}, if it comes. */
  boolean take(char expected) {
    boolean there = at < text.length() && text.charAt(at) == expected;
    at += there ? 1 : 0;
    return there;
  }

  /** The next character; there is one. */
  int character() {
    int c = text.codePointAt(at);
    if (c >= Character.MIN_SURROGATE && c <= Character.MAX_SURROGATE) {
      throw fault(at, "half of a character (a lone surrogate)");
    }
    at += Character.charCount(c);
    return c;
  }

  /** The text from {@code start} to here. */
  String since(int start) {
    return text.substring(start, at);
  }

  ConstraintException fault(int place, String what) {
    return new ConstraintException(
        "the regular expression has %s, at character %d of %s"
            .formatted(what, text.codePointCount(0, place) + 1, shown()));
  }

  private String shown() {
    return text.length() > 200 ? text.substring(0, 200) + "..." : text;
  }
}
