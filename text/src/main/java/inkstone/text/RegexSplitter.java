package inkstone.text;

import java.nio.CharBuffer;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.regex.PatternSyntaxException;

/** Any other pattern through {@code java.util.regex}: matches and what lies between are pieces. */
final class RegexSplitter implements Splitter {

  /** Oniguruma writes {@code \p{Han}} where Java wants {@code \p{IsHan}}. */
  private static final Pattern LONG_PROPERTY = Pattern.compile("\\\\([pP])\\{(?!Is)(\\w{3,})}");

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

  /** The regular expression itself, with Unicode classes and lines as Oniguruma sees them. */
  static Splitter compiled(String regex) {
    String java = LONG_PROPERTY.matcher(regex).replaceAll("\\\\$1{Is$2}");
    int flags =
        Pattern.UNICODE_CHARACTER_CLASS
            | Pattern.UNICODE_CASE
            | Pattern.MULTILINE
            | Pattern.UNIX_LINES;
    try {
      return new RegexSplitter(Pattern.compile(java, flags));
    } catch (PatternSyntaxException e) {
      throw new TokenizerException(
          "the split pattern %s cannot be used: %s".formatted(regex, e.getDescription()), e);
    }
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
