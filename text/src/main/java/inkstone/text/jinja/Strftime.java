package inkstone.text.jinja;

import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.util.Locale;

/** Times as the C library's {@code strftime} writes them, in English. */
final class Strftime {

  private Strftime() {}

  static String format(ZonedDateTime time, String format) {
    var out = new StringBuilder();
    for (int at = 0; at < format.length(); at++) {
      char c = format.charAt(at);
      if (c != '%' || at + 1 == format.length()) {
        out.append(c);
        continue;
      }
      char directive = format.charAt(++at);
      boolean bare = directive == '-' && at + 1 < format.length();
      if (bare) {
        directive = format.charAt(++at);
      }
      String text = one(time, directive);
      out.append(bare ? text.replaceFirst("^[0 ]+(?=.)", "") : text);
    }
    return out.toString();
  }

  private static String one(ZonedDateTime time, char directive) {
    return switch (directive) {
      case 'Y' -> pattern(time, "uuuu");
      case 'y' -> pattern(time, "uu");
      case 'm' -> pattern(time, "MM");
      case 'B' -> pattern(time, "MMMM");
      case 'b', 'h' -> pattern(time, "MMM");
      case 'd' -> pattern(time, "dd");
      case 'e' -> "%2d".formatted(time.getDayOfMonth());
      case 'j' -> pattern(time, "DDD");
      case 'A' -> pattern(time, "EEEE");
      case 'a' -> pattern(time, "EEE");
      case 'u' -> Integer.toString(time.getDayOfWeek().getValue());
      case 'w' -> Integer.toString(time.getDayOfWeek().getValue() % 7);
      case 'H' -> pattern(time, "HH");
      case 'I' -> pattern(time, "hh");
      case 'M' -> pattern(time, "mm");
      case 'S' -> pattern(time, "ss");
      case 'f' -> pattern(time, "SSSSSS");
      case 'p' -> pattern(time, "a").toUpperCase(Locale.ROOT);
      case 'Z', 'z' -> ""; // Python's datetime.now() has no zone
      case 'F' -> pattern(time, "uuuu-MM-dd");
      case 'D', 'x' -> pattern(time, "MM/dd/uu");
      case 'T', 'X' -> pattern(time, "HH:mm:ss");
      case 'R' -> pattern(time, "HH:mm");
      case 'c' -> pattern(time, "EEE MMM ") + one(time, 'e') + pattern(time, " HH:mm:ss uuuu");
      case 's' -> Long.toString(time.toEpochSecond());
      case 'n' -> "\n";
      case 't' -> "\t";
      case '%' -> "%";
      default -> throw new Fault("strftime_now: '%" + directive + "' is not supported");
    };
  }

  private static String pattern(ZonedDateTime time, String pattern) {
    return DateTimeFormatter.ofPattern(pattern, Locale.ENGLISH).format(time);
  }
}
