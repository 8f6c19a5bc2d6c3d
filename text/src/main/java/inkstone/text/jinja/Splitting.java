package inkstone.text.jinja;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

/** Cuts texts into parts; each keeps its marks. */
final class Splitting {

  private Splitting() {}

  /** At every {@code separator}, at most {@code most} times where that is not negative. */
  static Value at(Run run, Text text, Text separator, int most, boolean fromRight) {
    if (separator.isEmpty()) {
      throw new Fault("split: the separator is empty");
    }
    run.make(16L * text.units());
    var string = text.string();
    var parts = new ArrayList<Value>();
    if (!fromRight) {
      int from = 0;
      for (int at = string.indexOf(separator.string());
          at >= 0 && (most < 0 || parts.size() < most);
          at = string.indexOf(separator.string(), from)) {
        parts.add(text.units(from, at));
        from = at + separator.units();
      }
      parts.add(text.units(from, text.units()));
    } else {
      int to = text.units();
      for (int at = string.lastIndexOf(separator.string());
          at >= 0 && (most < 0 || parts.size() < most);
          at = string.lastIndexOf(separator.string(), to - separator.units())) {
        parts.add(text.units(at + separator.units(), to));
        to = at;
        if (to < separator.units()) {
          break;
        }
      }
      parts.add(text.units(0, to));
      Collections.reverse(parts);
    }
    return Sequence.list(parts);
  }

  /** At runs of white space, of which none is left at the ends. */
  static Value atSpaces(Run run, Text text, int most, boolean fromRight) {
    run.make(16L * text.units());
    return Sequence.list(fromRight ? atSpacesFromRight(text, most) : atSpacesFromLeft(text, most));
  }

  private static List<Value> atSpacesFromLeft(Text text, int most) {
    var string = text.string();
    var parts = new ArrayList<Value>();
    int at = Spaces.skip(string, 0);
    while (at < string.length()) {
      int end = at;
      if (most >= 0 && parts.size() == most) {
        end = Spaces.stripRight(string).length();
      } else {
        while (end < string.length() && !Spaces.is(string.charAt(end))) {
          end++;
        }
      }
      parts.add(text.units(at, end));
      at = Spaces.skip(string, end);
    }
    return parts;
  }

  private static List<Value> atSpacesFromRight(Text text, int most) {
    var string = text.string();
    var parts = new ArrayList<Value>();
    int end = Spaces.stripRight(string).length();
    while (end > 0) {
      int at = end;
      if (most >= 0 && parts.size() == most) {
        at = Spaces.skip(string, 0);
      } else {
        while (at > 0 && !Spaces.is(string.charAt(at - 1))) {
          at--;
        }
      }
      parts.add(text.units(at, end));
      end = at;
      while (end > 0 && Spaces.is(string.charAt(end - 1))) {
        end--;
      }
    }
    Collections.reverse(parts);
    return parts;
  }

  /** Lines, with their ends where {@code keep}. */
  static List<Text> lines(Run run, Text text, boolean keep) {
    run.make(16L * text.units());
    var string = text.string();
    var lines = new ArrayList<Text>();
    int from = 0;
    for (int at = 0; at < string.length(); at++) {
      if (Spaces.isLineBreak(string.charAt(at))) {
        boolean two = string.startsWith("\r\n", at);
        int next = at + (two ? 2 : 1);
        lines.add(text.units(from, keep ? next : at));
        from = next;
        at = next - 1;
      }
    }
    if (from < string.length()) {
      lines.add(text.units(from, string.length()));
    }
    return lines;
  }

  /** Before the separator, the separator, after it. */
  static Value partition(Run run, Text text, Text separator, boolean last) {
    if (separator.isEmpty()) {
      throw new Fault("partition: the separator is empty");
    }
    run.make(text.units());
    var string = text.string();
    int at = last ? string.lastIndexOf(separator.string()) : string.indexOf(separator.string());
    if (at < 0) {
      return last
          ? Sequence.tuple(Text.EMPTY, Text.EMPTY, text)
          : Sequence.tuple(text, Text.EMPTY, Text.EMPTY);
    }
    int end = at + separator.units();
    return Sequence.tuple(text.units(0, at), text.units(at, end), text.units(end, text.units()));
  }
}
