package inkstone.evaluate;

import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** How {@link Bleu} cuts a text into words, each exactly as SacreBLEU does under its label. */
public enum BleuTokenizer {
  /** At white space: for text that is cut already. */
  NONE("none"),
  /** As NIST's mteval-v13a, which WMT used: SacreBLEU's usual one. */
  V13A("13a"),
  /** As mteval-v14 for other scripts: all punctuation and symbols of Unicode. */
  INTL("intl"),
  /** Chinese characters one by one, the rest as 13a. */
  ZH("zh");

  private static final Pattern SPACE =
      Pattern.compile("[\\s\\x1c-\\x1f]+", Pattern.UNICODE_CHARACTER_CLASS);

  /** A pattern and what takes its place. */
  private record Rule(Pattern pattern, String replacement) {
    Rule(String regex, String replacement) {
      this(Pattern.compile(regex, Pattern.DOTALL), replacement);
    }
  }

  private static final List<Rule> WESTERN =
      List.of(
          new Rule("([{-~\\[-` -&(-+:-@/])", " $1 "),
          new Rule("([^0-9])([.,])", "$1 $2 "),
          new Rule("([.,])([^0-9])", " $1 $2"),
          new Rule("([0-9])(-)", "$1 $2 "));

  private static final List<Rule> INTERNATIONAL =
      List.of(
          new Rule("(\\P{N})(\\p{P})", "$1 $2 "),
          new Rule("(\\p{P})(\\P{N})", " $1 $2"),
          new Rule("(\\p{S})", " $1 "));

  /**
   * What SacreBLEU takes for Chinese. The third and fourth range are what its own come to: two
   * limits beyond the first 65,536 characters are written there as a character and a digit.
   */
  private static final int[][] CHINESE = {
    {0x3400, 0x4DB5},
    {0x4E00, 0x9FBB},
    {0x2001, 0x2A6D},
    {0x2F81, 0x2FA1},
    {0xF900, 0xFA2D},
    {0xFA30, 0xFA6A},
    {0xFA70, 0xFAD9},
    {0xFF00, 0xFFEF},
    {0x2E80, 0x2EFF},
    {0x3000, 0x303F},
    {0x31C0, 0x31EF},
    {0x2F00, 0x2FDF},
    {0x2FF0, 0x2FFF},
    {0x3100, 0x312F},
    {0x31A0, 0x31BF},
    {0xFE10, 0xFE1F},
    {0xFE30, 0xFE4F},
    {0x3200, 0x33FF},
  };

  private final String label;

  BleuTokenizer(String label) {
    this.label = label;
  }

  /** The name in a signature. */
  public String label() {
    return label;
  }

  /** The one that SacreBLEU takes for a language, by its code. */
  public static BleuTokenizer of(String language) {
    return language.equals("zh") ? ZH : V13A;
  }

  /** The words of a text. */
  public List<String> words(String text) {
    return split(
        switch (this) {
          case NONE -> text;
          case V13A -> apply(WESTERN, " " + unescaped(stripEnd(text)) + " ");
          case INTL -> apply(INTERNATIONAL, stripEnd(text));
          case ZH -> apply(WESTERN, spaced(String.join(" ", split(text))));
        });
  }

  static List<String> split(String text) {
    return Stream.of(SPACE.split(text)).filter(word -> !word.isEmpty()).toList();
  }

  private static String stripEnd(String text) {
    int end = text.length();
    while (end > 0 && SPACE.matcher(text.substring(end - 1, end)).matches()) {
      end--;
    }
    return text.substring(0, end);
  }

  private static String apply(List<Rule> rules, String text) {
    var cut = text;
    for (var rule : rules) {
      cut = rule.pattern.matcher(cut).replaceAll(rule.replacement);
    }
    return cut;
  }

  private static String unescaped(String text) {
    return text.replace("<skipped>", "")
        .replace("-\n", "")
        .replace('\n', ' ')
        .replace("&quot;", "\"")
        .replace("&amp;", "&")
        .replace("&lt;", "<")
        .replace("&gt;", ">");
  }

  private static String spaced(String text) {
    var spaced = new StringBuilder();
    text.codePoints()
        .forEach(
            c -> {
              if (isChinese(c)) {
                spaced.append(' ').appendCodePoint(c).append(' ');
              } else {
                spaced.appendCodePoint(c);
              }
            });
    return spaced.toString();
  }

  private static boolean isChinese(int c) {
    for (var range : CHINESE) {
      if (c >= range[0] && c <= range[1]) {
        return true;
      }
    }
    return false;
  }
}
