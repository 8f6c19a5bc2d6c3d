package inkstone.text;

import inkstone.text.MosesTokenizer.Rule;
import java.util.ArrayList;
import java.util.List;

/**
 * Writes punctuation in one way, as Moses does before it cuts words ({@code
 * normalize-punctuation.perl}, as ported by sacremoses 0.2).
 */
public record MosesPunctuation(MosesLanguage language) {

  private static final String HARD = "\u00A0";

  /** Pairs of a pattern and what takes its place, in order. */
  private static final String[] EVERYWHERE = {
    // white space and brackets
    "\\r",
    "",
    "\\(",
    " (",
    "\\)",
    ") ",
    " +",
    " ",
    "\\) ([.!:?;,])",
    ")$1",
    "\\( ",
    "(",
    " \\)",
    ")",
    "(\\d) %",
    "$1%",
    " :",
    ":",
    " ;",
    ";",
    // quotes of typewriters
    "`",
    "'",
    "''",
    " \" ",
    // quotes and dashes of printers
    "[„“”]",
    "\"",
    "–",
    "-",
    "—",
    " - ",
    " +",
    " ",
    "´",
    "'",
    "([a-zA-Z])‘([a-zA-Z])",
    "$1'$2",
    "([a-zA-Z])’([a-zA-Z])",
    "$1'$2",
    "[‘‚’]",
    "'",
    "''",
    "\"",
    "´´",
    "\"",
    "…",
    "...",
    // French quotes
    HARD + "«" + HARD,
    "\"",
    "«" + HARD,
    "\"",
    "«",
    "\"",
    HARD + "»" + HARD,
    "\"",
    HARD + "»",
    "\"",
    "»",
    "\"",
    // spaces that do not break
    HARD + "%",
    "%",
    "nº" + HARD,
    "nº ",
    HARD + ":",
    ":",
    HARD + "ºC",
    " ºC",
    HARD + "cm",
    " cm",
    HARD + "\\?",
    "?",
    HARD + "!",
    "!",
    HARD + ";",
    ";",
    "," + HARD,
    ", ",
    " +",
    " ",
  };

  private static final String[] ENGLISH = {
    "\"([,.]+)", "$1\"", "(\\d)" + HARD + "(\\d)", "$1.$2",
  };

  private static final String[] GERMAN = {
    ",\"", "\",", "(\\.+)\"(\\s*[^<])", "\"$1$2", "(\\d)" + HARD + "(\\d)", "$1,$2",
  };

  private static final List<Rule> COMMON = rules(EVERYWHERE);
  private static final List<Rule> IN_ENGLISH = rules(ENGLISH);
  private static final List<Rule> IN_GERMAN = rules(GERMAN);

  private static List<Rule> rules(String... pairs) {
    var rules = new ArrayList<Rule>();
    for (int i = 0; i < pairs.length; i += 2) {
      rules.add(new Rule(pairs[i], pairs[i + 1]));
    }
    return rules;
  }

  /** The sentence with its punctuation in one way. */
  public String normalize(String sentence) {
    var text = sentence;
    for (var rule : COMMON) {
      text = rule.apply(text);
    }
    for (var rule : language == MosesLanguage.EN ? IN_ENGLISH : IN_GERMAN) {
      text = rule.apply(text);
    }
    return MosesTokenizer.stripped(text);
  }
}
