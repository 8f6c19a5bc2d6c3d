package inkstone.text.jinja;

import java.util.function.Function;

/** The backslashes of a string in a template, read as Python reads them. */
final class Escapes {

  private Escapes() {}

  /** The value of a string's inside; {@code error} makes the exception for a broken escape. */
  static String read(String inside, Function<String, RuntimeException> error) {
    if (inside.indexOf('\\') < 0) {
      return inside;
    }
    var text = new StringBuilder();
    int at = 0;
    while (at < inside.length()) {
      char c = inside.charAt(at++);
      if (c != '\\') {
        text.append(c);
        continue;
      }
      char escaped = inside.charAt(at++);
      switch (escaped) {
        case '\n' -> {}
        case 'n' -> text.append('\n');
        case 't' -> text.append('\t');
        case 'r' -> text.append('\r');
        case 'a' -> text.append('\u0007');
        case 'b' -> text.append('\b');
        case 'f' -> text.append('\f');
        case 'v' -> text.append('\u000B');
        case '\\', '\'', '"' -> text.append(escaped);
        case 'x' -> at = code(inside, at, 2, 16, text, error);
        case 'u' -> at = code(inside, at, 4, 16, text, error);
        case 'U' -> at = code(inside, at, 8, 16, text, error);
        case '0', '1', '2', '3', '4', '5', '6', '7' -> {
          int end = at;
          while (end < inside.length()
              && end < at + 2
              && "01234567".indexOf(inside.charAt(end)) >= 0) {
            end++;
          }
          at = code(inside, at - 1, end - at + 1, 8, text, error);
        }
        case 'N' -> throw error.apply("'\\N' in a string is not supported; write the character");
        default -> text.append('\\').append(escaped);
      }
    }
    return text.toString();
  }

  private static int code(
      String inside,
      int at,
      int digits,
      int radix,
      StringBuilder text,
      Function<String, RuntimeException> error) {
    int value = 0;
    for (int i = at; i < at + digits; i++) {
      int digit = i < inside.length() ? Character.digit(inside.charAt(i), radix) : -1;
      if (digit < 0 || value > Character.MAX_CODE_POINT) {
        throw error.apply("a backslash in a string begins no whole character");
      }
      value = value * radix + digit;
    }
    if (value > Character.MAX_CODE_POINT) {
      throw error.apply("a backslash in a string begins no whole character");
    }
    text.appendCodePoint(value);
    return at + digits;
  }
}
