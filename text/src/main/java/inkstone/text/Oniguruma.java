package inkstone.text;

import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.regex.PatternSyntaxException;

/**
 * Regular expressions as tokenizer files write them, for {@code java.util.regex}. Hugging Face runs
 * them with Oniguruma, whose classes are Unicode's and whose {@code ^} and {@code $} stand at every
 * line feed.
 */
final class Oniguruma {

  private static final int FLAGS =
      Pattern.UNICODE_CHARACTER_CLASS
          | Pattern.UNICODE_CASE
          | Pattern.MULTILINE
          | Pattern.UNIX_LINES;

  /** Oniguruma writes {@code \p{Han}} where Java wants {@code \p{IsHan}}. */
  private static final Pattern LONG_PROPERTY = Pattern.compile("\\\\([pP])\\{(?!Is)(\\w{3,})}");

  /** A POSIX class inside brackets, {@code [[:punct:]]}; Java has the same names as properties. */
  private static final Pattern POSIX = Pattern.compile("\\[:(\\^?)([a-z]+):]");

  private Oniguruma() {}

  /**
   * The pattern with the meaning that it has in Oniguruma.
   *
   * @throws TokenizerException where it is malformed
   */
  static Pattern compile(String regex) {
    String java = LONG_PROPERTY.matcher(regex).replaceAll("\\\\$1{Is$2}");
    java = POSIX.matcher(java).replaceAll(m -> posix(m.group(2), !m.group(1).isEmpty()));
    try {
      return Pattern.compile(java, FLAGS);
    } catch (PatternSyntaxException e) {
      throw new TokenizerException(
          "the pattern %s cannot be used: %s".formatted(regex, e.getDescription()), e);
    }
  }

  /** The class in brackets of its own, which Java joins with those around it. */
  private static String posix(String name, boolean negated) {
    String members =
        switch (name) {
          case "alpha" -> "\\p{IsAlphabetic}";
          case "alnum" -> "\\p{IsAlphabetic}\\p{N}";
          case "digit" -> "\\p{Nd}";
          case "lower" -> "\\p{IsLowercase}";
          case "upper" -> "\\p{IsUppercase}";
          case "punct" -> "\\p{P}\\p{S}";
          case "space" -> "\\s";
          case "cntrl" -> "\\p{Cc}";
          case "word" -> "\\w";
          default -> throw new TokenizerException("the class [:%s:] is not known".formatted(name));
        };
    return Matcher.quoteReplacement("[" + (negated ? "^" : "") + members + "]");
  }
}
