package inkstone.text;

import java.nio.CharBuffer;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Any other pattern through {@code java.util.regex}: matches and what lies between are pieces. */
final class RegexSplitter implements Splitter {

  private final Pattern pattern;

  private RegexSplitter(Pattern pattern) {
    this.pattern = pattern;
  }

  /** The scanner written for {@code regex} where there is one, else the regular expression. */
  static Splitter of(String regex) {
    for (SplitPattern known : SplitPattern.values()) {
      if (known.regexes().contains(regex)) {
        return known.splitter();
      }
    }
    return compiled(regex);
  }

  /** The regular expression itself, as Oniguruma sees it. */
  static Splitter compiled(String regex) {
    return of(Oniguruma.compile(regex));
  }

  static Splitter of(Pattern pattern) {
    return new RegexSplitter(pattern);
  }

  @Override
  public void split(char[] text, int from, int to, IntList ends) {
    Matcher matcher = pattern.matcher(CharBuffer.wrap(text, from, to - from));
    int last = from;
    while (matcher.find()) {
      int start = from + matcher.start();
      int end = from + matcher.end();
      if (end == start) {
        continue;
      }
      if (start > last) {
        ends.add(start);
      }
      ends.add(end);
      last = end;
    }
    if (to > last) {
      ends.add(to);
    }
  }
}
