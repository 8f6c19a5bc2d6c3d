package inkstone.generate.constraint;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;

/**
 * A set of Unicode characters. Surrogates are never part of one, since UTF-8 cannot write them.
 *
 * @param ranges in rising order, apart from each other
 */
record CodePoints(List<Range> ranges) {

  /** {@code first} to {@code last}, both included. */
  record Range(int first, int last) {}

  static final CodePoints NONE = new CodePoints(List.of());
  static final CodePoints ALL = of(0, Character.MAX_CODE_POINT);

  CodePoints {
    ranges = List.copyOf(ranges);
  }

  static CodePoints of(int first, int last) {
    var parts = new ArrayList<Range>();
    add(parts, first, Math.min(last, Character.MIN_SURROGATE - 1));
    add(parts, Math.max(first, Character.MAX_SURROGATE + 1), last);
    return new CodePoints(parts);
  }

  /** Each character of {@code text}. */
  static CodePoints of(String text) {
    return text.codePoints().mapToObj(c -> of(c, c)).reduce(NONE, CodePoints::union);
  }

  private static void add(List<Range> parts, int first, int last) {
    if (first <= last) {
      parts.add(new Range(first, last));
    }
  }

  static CodePoints union(List<CodePoints> sets) {
    var all = sets.stream().flatMap(set -> set.ranges.stream()).toArray(Range[]::new);
    Arrays.sort(all, Comparator.comparingInt(Range::first));
    var joined = new ArrayList<Range>();
    for (var range : all) {
      if (!joined.isEmpty() && range.first <= joined.getLast().last + 1) {
        var before = joined.removeLast();
        joined.add(new Range(before.first, Math.max(before.last, range.last)));
      } else {
        joined.add(range);
      }
    }
    return new CodePoints(joined);
  }

  CodePoints union(CodePoints other) {
    return union(List.of(this, other));
  }

  /** Every other character. */
  CodePoints complement() {
    var rest = new ArrayList<CodePoints>();
    int next = 0;
    for (var range : ranges) {
      rest.add(of(next, range.first - 1));
      next = range.last + 1;
    }
    rest.add(of(next, Character.MAX_CODE_POINT));
    return union(rest);
  }

  CodePoints minus(CodePoints other) {
    return complement().union(other).complement();
  }

  CodePoints intersection(CodePoints other) {
    return minus(other.complement());
  }

  boolean contains(int character) {
    return ranges.stream().anyMatch(r -> r.first <= character && character <= r.last);
  }

  boolean isEmpty() {
    return ranges.isEmpty();
  }
}
