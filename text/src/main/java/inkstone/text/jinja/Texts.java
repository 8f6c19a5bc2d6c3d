package inkstone.text.jinja;

import java.util.List;

/** Operations on texts that methods and filters share. */
final class Texts {

  private Texts() {}

  /** Without white space, or the given characters, at the ends. */
  static Text strip(Run run, Text text, Value characters, boolean left, boolean right) {
    run.make(text.units());
    if (!(characters instanceof None || characters instanceof Text)) {
      throw new Fault("strip needs a string of characters, found " + characters.type());
    }
    int from = 0;
    int to = text.units();
    var string = text.string();
    while (left && from < to && taken(string.codePointAt(from), characters)) {
      from += Character.charCount(string.codePointAt(from));
    }
    while (right && to > from && taken(string.codePointBefore(to), characters)) {
      to -= Character.charCount(string.codePointBefore(to));
    }
    return text.units(from, to);
  }

  private static boolean taken(int c, Value characters) {
    return characters instanceof Text set ? set.string().indexOf(c) >= 0 : Spaces.is(c);
  }

  /** Every {@code old} as {@code now}, at most {@code most} times where that is not negative. */
  static Text replace(Run run, Text text, Text old, Text now, int most) {
    run.make(text.units());
    var string = text.string();
    var out = new TextBuilder();
    int from = 0;
    int done = 0;
    if (old.isEmpty()) {
      run.make((long) text.units() * (now.units() + 1));
      while (most < 0 || done < most) {
        out.append(now);
        done++;
        if (from == string.length()) {
          return out.build();
        }
        int end = from + Character.charCount(string.codePointAt(from));
        out.append(text, from, end);
        from = end;
      }
    } else {
      for (int at = string.indexOf(old.string());
          at >= 0 && (most < 0 || done < most);
          at = string.indexOf(old.string(), from)) {
        run.make(8L + at - from + now.units());
        out.append(text, from, at).append(now);
        run.check(out.units());
        from = at + old.units();
        done++;
      }
    }
    return out.append(text, from, string.length()).build();
  }

  /** How often {@code part} is in {@code text}, no two of them overlapping. */
  static int count(Run run, Text text, Text part) {
    run.make(text.units());
    if (part.isEmpty()) {
      return text.length() + 1;
    }
    int count = 0;
    int at = text.string().indexOf(part.string());
    while (at >= 0) {
      count++;
      at = text.string().indexOf(part.string(), at + part.units());
    }
    return count;
  }

  static Text join(Run run, List<Value> items, Text between) {
    var out = new TextBuilder();
    for (int i = 0; i < items.size(); i++) {
      if (i > 0) {
        out.append(between);
      }
      var text = Printer.str(run, items.get(i));
      run.make((long) text.units() + between.units());
      out.append(text);
      run.check(out.units());
    }
    return out.build();
  }

  /** {@code zfill}, {@code ljust}, {@code rjust} or {@code center}. */
  static Text pad(Run run, Text text, String method, Parameters given) {
    int width = given.number("width", 0);
    run.make(width);
    int missing = Math.max(0, width - text.length());
    if (method.equals("zfill")) {
      boolean sign = text.string().startsWith("-") || text.string().startsWith("+");
      return new TextBuilder()
          .append(text, 0, sign ? 1 : 0)
          .append("0".repeat(missing), text.whollyTrusted())
          .append(text, sign ? 1 : 0, text.units())
          .build();
    }
    var fill = given.has("fill") ? given.text("fill") : Text.trusted(" ");
    if (fill.length() != 1) {
      throw given.wrong("fill", "one character");
    }
    int left =
        switch (method) {
          case "ljust" -> 0;
          case "rjust" -> missing;
          default -> missing / 2 + (missing & width & 1);
        };
    return new TextBuilder()
        .append(fill.string().repeat(left), fill.whollyTrusted())
        .append(text)
        .append(fill.string().repeat(missing - left), fill.whollyTrusted())
        .build();
  }
}
