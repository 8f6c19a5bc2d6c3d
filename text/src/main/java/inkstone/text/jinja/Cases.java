package inkstone.text.jinja;

import java.util.Locale;
import java.util.function.IntPredicate;
import java.util.function.UnaryOperator;

/** Upper and lower case. */
final class Cases {

  private Cases() {}

  /** The string method {@code name}. */
  static Text method(Run run, Text text, String name) {
    return switch (name) {
      case "upper" -> upper(run, text);
      case "lower" -> lower(run, text);
      case "casefold" ->
          each(run, text, part -> part.toUpperCase(Locale.ROOT).toLowerCase(Locale.ROOT));
      case "capitalize" -> capitalize(run, text);
      case "title" -> words(run, text, c -> !Character.isLetter(c));
      default -> swap(run, text);
    };
  }

  static Text upper(Run run, Text text) {
    return each(run, text, part -> part.toUpperCase(Locale.ROOT));
  }

  static Text lower(Run run, Text text) {
    return each(run, text, part -> part.toLowerCase(Locale.ROOT));
  }

  /** The first character in title case, the others lower. */
  static Text capitalize(Run run, Text text) {
    if (text.isEmpty()) {
      return text;
    }
    int first = Character.charCount(text.string().codePointAt(0));
    return title(text, 0).append(lower(run, text.units(first, text.units()))).build();
  }

  /** Each word capitalised; a word begins after a character that {@code parts}. */
  static Text words(Run run, Text text, IntPredicate parts) {
    run.make(8L * text.units());
    var out = new TextBuilder();
    boolean begins = true;
    for (int at = 0; at < text.units(); ) {
      int c = text.string().codePointAt(at);
      int end = at + Character.charCount(c);
      out.append(begins ? title(text, at).build() : lower(run, text.units(at, end)));
      begins = parts.test(c);
      at = end;
    }
    return out.build();
  }

  /** The character at {@code at} in title case. */
  private static TextBuilder title(Text text, int at) {
    int c = text.string().codePointAt(at);
    int title = Character.toTitleCase(c);
    String upper = Character.toString(c).toUpperCase(Locale.ROOT);
    // Some characters have a title case of several letters only, such as the German sharp s.
    String whole =
        title == c && upper.length() > Character.charCount(c)
            ? upper.charAt(0) + upper.substring(1).toLowerCase(Locale.ROOT)
            : Character.toString(title);
    return new TextBuilder().append(whole, text.trustedAt(at));
  }

  private static Text swap(Run run, Text text) {
    run.make(8L * text.units());
    var out = new TextBuilder();
    for (int at = 0; at < text.units(); ) {
      int c = text.string().codePointAt(at);
      int end = at + Character.charCount(c);
      var one = text.units(at, end);
      out.append(Character.isUpperCase(c) ? lower(run, one) : upper(run, one));
      at = end;
    }
    return out.build();
  }

  /** Whether there is a cased character, and all of them are of the {@code wanted} case. */
  static boolean isAll(String text, IntPredicate wanted) {
    boolean any = false;
    for (int c : text.codePoints().toArray()) {
      boolean cased =
          Character.isUpperCase(c) || Character.isLowerCase(c) || Character.isTitleCase(c);
      if (cased && !wanted.test(c)) {
        return false;
      }
      any |= cased;
    }
    return any;
  }

  private static Text each(Run run, Text text, UnaryOperator<String> change) {
    run.make(4L * text.units());
    var out = new TextBuilder();
    for (int at = 0; at < text.units(); ) {
      int end = text.nextChange(at);
      out.append(change.apply(text.string().substring(at, end)), text.trustedAt(at));
      at = end;
    }
    return out.build();
  }
}
