package inkstone.text.jinja;

import java.util.Arrays;

/** Puts texts together; each part keeps its marks. */
final class TextBuilder {

  private final StringBuilder string = new StringBuilder();
  private int[] changes = new int[8];
  private int count;

  /** UTF-16 units so far. */
  int units() {
    return string.length();
  }

  TextBuilder append(String part, boolean trusted) {
    if (!part.isEmpty()) {
      mark(trusted);
      string.append(part);
    }
    return this;
  }

  TextBuilder plain(String part) {
    return append(part, false);
  }

  TextBuilder append(Text part) {
    return append(part, 0, part.units());
  }

  /** Appends the units {@code [from, to)} of {@code part}. */
  TextBuilder append(Text part, int from, int to) {
    for (int at = from; at < to; ) {
      int end = Math.min(to, part.nextChange(at));
      mark(part.trustedAt(at));
      string.append(part.string(), at, end);
      at = end;
    }
    return this;
  }

  private void mark(boolean trusted) {
    if ((count % 2 == 1) == trusted) {
      return;
    }
    if (count > 0 && changes[count - 1] == string.length()) {
      count--;
      return;
    }
    if (count == changes.length) {
      changes = Arrays.copyOf(changes, 2 * count);
    }
    changes[count++] = string.length();
  }

  Text build() {
    return new Text(string.toString(), Arrays.copyOf(changes, count));
  }
}
