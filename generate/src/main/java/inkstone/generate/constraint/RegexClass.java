package inkstone.generate.constraint;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.Map;
import java.util.regex.Pattern;
import java.util.regex.PatternSyntaxException;

/** Reads the sets of characters in a regular expression: classes and escapes. */
final class RegexClass {

  private static final CodePoints DIGITS = CodePoints.of('0', '9');
  private static final CodePoints WORDS =
      DIGITS
          .union(CodePoints.of('a', 'z'))
          .union(CodePoints.of('A', 'Z'))
          .union(CodePoints.of("_"));
  private static final CodePoints SPACES = CodePoints.of(" \t\n\u000B\f\r");

  private final RegexReader reader;
  private final Map<String, CodePoints> properties = new HashMap<>();

  RegexClass(RegexReader reader) {
    this.reader = reader;
  }

  /** What stands behind a {@code [}, to its {@code ]}. */
  CodePoints members(int start) {
    boolean negated = reader.take('^');
    var parts = new ArrayList<CodePoints>();
    while (!reader.take(']')) {
      int place = reader.place();
      var first = member(start);
      if (!reader.take('-')) {
        parts.add(first);
      } else if (reader.take(']')) {
        parts.add(first);
        parts.add(CodePoints.of("-"));
        break;
      } else {
        parts.add(range(first, member(start), place));
      }
    }
    if (parts.isEmpty()) {
      throw reader.fault(start, "an empty class");
    }
    var all = CodePoints.union(parts);
    return negated ? all.complement() : all;
  }

  private CodePoints range(CodePoints first, CodePoints last, int place) {
    int from = only(first);
    int to = only(last);
    if (from < 0 || to < from) {
      throw reader.fault(
          place,
          "a range '%s' that goes from nothing to nothing, or backwards"
              .formatted(reader.since(place)));
    }
    return CodePoints.of(from, to);
  }

  /** The one character of a set, negative where it has others too. */
  private static int only(CodePoints set) {
    boolean one =
        set.ranges().size() == 1
            && set.equals(
                CodePoints.of(set.ranges().getFirst().first(), set.ranges().getFirst().first()));
    return one ? set.ranges().getFirst().first() : -1;
  }

  private CodePoints member(int start) {
    if (reader.atEnd()) {
      throw reader.fault(start, "a '[' without its ']'");
    }
    int place = reader.place();
    int c = reader.character();
    if (c == '[') {
      throw reader.fault(place, "a '[' inside a class; write \\[ for the character");
    }
    if (c == '&' && reader.take('&')) {
      throw reader.fault(place, "'&&', the intersection of classes, which is not supported");
    }
    return c == '\\' ? escape(place) : CodePoints.of(c, c);
  }

  /** What stands behind a backslash. */
  CodePoints escape(int start) {
    if (reader.atEnd()) {
      throw reader.fault(start, "a '\\' at its end");
    }
    int c = reader.character();
    return switch (c) {
      case 'd' -> DIGITS;
      case 'D' -> DIGITS.complement();
      case 'w' -> WORDS;
      case 'W' -> WORDS.complement();
      case 's' -> SPACES;
      case 'S' -> SPACES.complement();
      case 'n' -> CodePoints.of("\n");
      case 'r' -> CodePoints.of("\r");
      case 't' -> CodePoints.of("\t");
      case 'f' -> CodePoints.of("\f");
      case 'x' -> hexadecimal(start, 2);
      case 'u' -> hexadecimal(start, 4);
      case 'p', 'P' -> property(start, c == 'P');
      default -> {
        if (c < 0x80 && Character.isLetterOrDigit(c)) {
          throw reader.fault(
              start,
              "'\\%c', which is not supported (there are \\d \\w \\s \\p{...} \\n \\r \\t \\f \\x \\u)"
                  .formatted(c));
        }
        yield CodePoints.of(c, c);
      }
    };
  }

  private CodePoints hexadecimal(int start, int digits) {
    int value = 0;
    for (int i = 0; i < digits; i++) {
      int digit = reader.atEnd() ? -1 : Character.digit(reader.character(), 16);
      if (digit < 0) {
        throw reader.fault(
            start,
            "'%s' that is not followed by %d hexadecimal digits"
                .formatted(reader.since(start), digits));
      }
      value = value << 4 | digit;
    }
    if (value >= Character.MIN_SURROGATE && value <= Character.MAX_SURROGATE) {
      throw reader.fault(start, "half of a character (a surrogate)");
    }
    return CodePoints.of(value, value);
  }

  /** Java knows the properties. */
  private CodePoints property(int start, boolean negated) {
    int open = reader.place();
    if (!reader.take('{')) {
      throw reader.fault(start, "'\\p' without a name in braces");
    }
    while (!reader.take('}')) {
      if (reader.atEnd() || reader.place() > open + 40) {
        throw reader.fault(start, "'\\p{' without its '}'");
      }
      reader.character();
    }
    try {
      var all = properties.computeIfAbsent(reader.since(open), RegexClass::having);
      return negated ? all.complement() : all;
    } catch (PatternSyntaxException e) {
      throw reader.fault(
          start,
          "'%s', a property that java.util.regex.Pattern does not know"
              .formatted(reader.since(start)));
    }
  }

  private static CodePoints having(String property) {
    var has = Pattern.compile("\\p" + property).asMatchPredicate();
    var found = new ArrayList<CodePoints>();
    for (int c = 0, from = -1; c <= Character.MAX_CODE_POINT + 1; c++) {
      boolean member = c <= Character.MAX_CODE_POINT && has.test(Character.toString(c));
      if (member && from < 0) {
        from = c;
      } else if (!member && from >= 0) {
        found.add(CodePoints.of(from, c - 1));
        from = -1;
      }
    }
    return CodePoints.union(found);
  }
}
