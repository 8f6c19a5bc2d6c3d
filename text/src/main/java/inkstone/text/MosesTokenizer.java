package inkstone.text;

import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;

/**
 * Cuts a sentence into words and punctuation as Moses does (Koehn et al., 2007; {@code
 * tokenizer.perl}, as ported by sacremoses 0.2), which is what published translation figures are
 * measured on.
 *
 * @param escapes whether {@code & | < > ' " [ ]} are written as entities, as Moses does unless told
 *     otherwise
 */
public record MosesTokenizer(MosesLanguage language, boolean escapes) {

  /** White space as Python sees it. */
  private static final String SPACE = "\\s\\x1c-\\x1f";

  /** Of the scripts that Moses's tables know: letters, but none of Chinese and Korean. */
  private static final String LETTER = "\\p{IsAlphabetic}&&[^\\p{IsHan}\\p{IsHangul}]";

  private static final String NOT_A_LETTER = "[^" + union(LETTER) + "]";
  private static final String A_LETTER = "[" + LETTER + "]";
  private static final String NUMBER = "\\p{N}";

  /** Stands for a full stop among others while single ones are looked at; no text has it. */
  private static final char DOT = '\uFDD0';

  private static final Pattern SPACES = unicode("[" + SPACE + "]+");
  private static final Pattern AROUND = unicode("\\A[" + SPACE + "]+|[" + SPACE + "]+\\z");
  private static final Pattern JUNK = Pattern.compile("[\\x00-\\x1f]");
  private static final Pattern SIGN =
      unicode("([^" + union(LETTER) + "\\p{Nd}" + SPACE + ".'`,\\-])");
  private static final Pattern DOTS = Pattern.compile("\\.{2,}");
  private static final Rule[] COMMAS = {
    new Rule("([^" + NUMBER + "]),", "$1 , "),
    new Rule(",([^" + NUMBER + "])", " , $1"),
    new Rule("(" + NUMBER + "),\\z", "$1 , "),
  };
  private static final Rule[] ENGLISH_APOSTROPHES = {
    new Rule("(" + NOT_A_LETTER + ")'(" + NOT_A_LETTER + ")", "$1 ' $2"),
    new Rule("([^" + union(LETTER) + NUMBER + "])'(" + A_LETTER + ")", "$1 ' $2"),
    new Rule("(" + A_LETTER + ")'(" + NOT_A_LETTER + ")", "$1 ' $2"),
    new Rule("(" + A_LETTER + ")'(" + A_LETTER + ")", "$1 '$2"),
    new Rule("(" + NUMBER + ")'(s)", "$1 '$2"),
  };
  private static final Rule APOSTROPHES = new Rule("'", " ' ");
  private static final Rule LAST_DOT = new Rule("\\.' ?\\z", " . ' ");
  private static final Pattern LETTERS = unicode(A_LETTER);
  private static final Pattern LOWER = unicode("\\p{IsLowercase}.*");
  private static final String[][] ENTITIES = {
    {"&", "&amp;"},
    {"|", "&#124;"},
    {"<", "&lt;"},
    {">", "&gt;"},
    {"'", "&apos;"},
    {"\"", "&quot;"},
    {"[", "&#91;"},
    {"]", "&#93;"},
  };

  /** A pattern and what takes its place. */
  record Rule(Pattern pattern, String replacement) {
    Rule(String regex, String replacement) {
      this(unicode(regex), replacement);
    }

    String apply(String text) {
      return pattern.matcher(text).replaceAll(replacement);
    }
  }

  /** With entities. */
  public static MosesTokenizer of(MosesLanguage language) {
    return new MosesTokenizer(language, true);
  }

  private static String union(String intersection) {
    return "[" + intersection + "]";
  }

  private static Pattern unicode(String regex) {
    return Pattern.compile(regex, Pattern.UNICODE_CHARACTER_CLASS | Pattern.DOTALL);
  }

  /** The words of a sentence. */
  public List<String> tokenize(String sentence) {
    var text = JUNK.matcher(SPACES.matcher(sentence).replaceAll(" ")).replaceAll("").strip();
    text = markDots(SIGN.matcher(text).replaceAll(" $1 "));
    for (var rule : COMMAS) {
      text = rule.apply(text);
    }
    switch (language) {
      case EN -> {
        for (var rule : ENGLISH_APOSTROPHES) {
          text = rule.apply(text);
        }
      }
      case DE -> text = APOSTROPHES.apply(text);
    }
    text = LAST_DOT.apply(String.join(" ", partDots(words(text)))).replace(DOT, '.');
    return words(escapes ? escape(text) : text);
  }

  /** The same as one text, a space between words. */
  public String line(String sentence) {
    return String.join(" ", tokenize(sentence));
  }

  /** Without white space around it, as Python sees that: spaces that do not break are some. */
  static String stripped(String text) {
    return AROUND.matcher(text).replaceAll("");
  }

  private static List<String> words(String text) {
    var words = new ArrayList<String>();
    for (var word : SPACES.split(text)) {
      if (!word.isEmpty()) {
        words.add(word);
      }
    }
    return words;
  }

  /** Puts several full stops in a row out of reach, apart from what is around them. */
  private static String markDots(String text) {
    return DOTS.matcher(text)
        .replaceAll(
            match -> {
              var dots = " " + String.valueOf(DOT).repeat(match.end() - match.start());
              return match.end() < text.length() ? dots + " " : dots;
            });
  }

  /** Takes full stops off the words that they do not belong to. */
  private List<String> partDots(List<String> words) {
    var parted = new ArrayList<String>();
    for (int i = 0; i < words.size(); i++) {
      var word = words.get(i);
      if (word.length() < 2 || !word.endsWith(".")) {
        parted.add(word);
        continue;
      }
      var next = i + 1 < words.size() ? words.get(i + 1) : "";
      var before = word.substring(0, word.length() - 1);
      parted.add(keepsDot(before, next) ? word : before + " .");
    }
    return parted;
  }

  private boolean keepsDot(String word, String next) {
    return (word.contains(".") && LETTERS.matcher(word).find())
        || language.abbreviates(word)
        || LOWER.matcher(next).matches()
        || (language.abbreviatesBeforeNumbers(word)
            && !next.isEmpty()
            && next.charAt(0) >= '0'
            && next.charAt(0) <= '9');
  }

  private static String escape(String text) {
    var escaped = text;
    for (var entity : ENTITIES) {
      escaped = escaped.replace(entity[0], entity[1]);
    }
    return escaped;
  }
}
