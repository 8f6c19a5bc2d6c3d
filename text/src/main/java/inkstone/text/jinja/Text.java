package inkstone.text.jinja;

import inkstone.text.Span;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * A string that knows which of its characters the template wrote (trusted) and which were given to
 * it (plain). Every operation on strings keeps these marks, so that the finished prompt still knows
 * them. Two texts are equal where their characters are.
 */
public final class Text implements Value {

  /** The empty text. */
  static final Text EMPTY = new Text("", new int[0]);

  private final String string;

  /** Where trust changes, rising; before the first change text is plain. */
  private final int[] changes;

  Text(String string, int[] changes) {
    this.string = string;
    this.changes = changes;
  }

  /** Text that was given to the template. */
  public static Text plain(String string) {
    return new Text(string, new int[0]);
  }

  /** Text of the template itself. */
  public static Text trusted(String string) {
    return string.isEmpty() ? EMPTY : new Text(string, new int[] {0});
  }

  /** One or the other. */
  static Text of(String string, boolean trusted) {
    return trusted ? trusted(string) : plain(string);
  }

  String string() {
    return string;
  }

  /** UTF-16 units. */
  public int units() {
    return string.length();
  }

  boolean isEmpty() {
    return string.isEmpty();
  }

  /** Characters, as Python counts them: code points. */
  int length() {
    return string.codePointCount(0, string.length());
  }

  /** The unit at which the character {@code index}, at most {@link #length}, begins. */
  int unit(int index) {
    return string.offsetByCodePoints(0, index);
  }

  /** Whether the template wrote the unit at {@code index}. */
  boolean trustedAt(int index) {
    int at = Arrays.binarySearch(changes, index);
    int before = at >= 0 ? at + 1 : -at - 1;
    return before % 2 == 1;
  }

  /** Whether the template wrote all of it; an empty text counts as the template's. */
  boolean whollyTrusted() {
    return string.isEmpty() || (changes.length == 1 && changes[0] == 0);
  }

  /** The units in {@code [from, to)}. */
  public Text units(int from, int to) {
    if (from == 0 && to == string.length()) {
      return this;
    }
    return new TextBuilder().append(this, from, to).build();
  }

  Text plus(Text other) {
    return new TextBuilder().append(this).append(other).build();
  }

  /** Position of the first change after {@code index}, at most the length. */
  int nextChange(int index) {
    int at = Arrays.binarySearch(changes, index + 1);
    int next = at >= 0 ? at : -at - 1;
    return next < changes.length ? changes[next] : string.length();
  }

  /** The text as alternating trusted and plain spans; none is empty. */
  public List<Span> spans() {
    var spans = new ArrayList<Span>();
    for (int at = 0; at < string.length(); ) {
      int end = nextChange(at);
      spans.add(new Span(string.substring(at, end), trustedAt(at)));
      at = end;
    }
    return spans;
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof Text text && string.equals(text.string);
  }

  @Override
  public int hashCode() {
    return string.hashCode();
  }

  @Override
  public String toString() {
    return string;
  }

  @Override
  public String type() {
    return "str";
  }
}
