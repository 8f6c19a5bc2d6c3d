package inkstone.text;

import java.util.HashMap;
import java.util.List;
import java.util.regex.Pattern;

/** Puts words and punctuation together again, the reverse of {@link MosesTokenizer}. */
public record MosesDetokenizer(MosesLanguage language) {

  private static final String[][] ENTITIES = {
    {"&bar;", "|"},
    {"&#124;", "|"},
    {"&lt;", "<"},
    {"&gt;", ">"},
    {"&bra;", "["},
    {"&ket;", "]"},
    {"&quot;", "\""},
    {"&apos;", "'"},
    {"&#91;", "["},
    {"&#93;", "]"},
    {"&amp;", "&"},
  };

  private static final Pattern SPACES = unicode("[\\s\\x1c-\\x1f]+");
  private static final Pattern OPENING = unicode("[\\p{Sc}(\\[{¿¡]+");
  private static final Pattern CLOSING = unicode("[,.?!:;\\\\%})\\]]+");
  private static final Pattern CONTRACTION =
      unicode("'[\\p{IsAlphabetic}&&[^\\p{IsHan}\\p{IsHangul}]].*");
  private static final Pattern QUOTE = unicode("['\"„“`]+");
  private static final Pattern CURLY = unicode("[„“”]+");

  /** Ranges of the characters that stand without spaces between them. */
  private static final int[][] EAST_ASIAN = {
    {0x1100, 0x11FF},
    {0x2E80, 0xA4CF},
    {0xA840, 0xA87F},
    {0xAC00, 0xD7AF},
    {0xF900, 0xFAFF},
    {0xFE30, 0xFE4F},
    {0xFF65, 0xFFDC},
    {0x17000, 0x187FF},
    {0x1B000, 0x1B12F},
    {0x1B170, 0x1B2FF},
    {0x20000, 0x2FFFF},
  };

  private static Pattern unicode(String regex) {
    return Pattern.compile(regex, Pattern.UNICODE_CHARACTER_CLASS | Pattern.DOTALL);
  }

  /** The sentence of words with a space between them, entities among them or not. */
  public String detokenize(String words) {
    var text = (" " + words + " ").replace(" @-@ ", "-");
    for (var entity : ENTITIES) {
      text = text.replace(entity[0], entity[1]);
    }
    var parts = SPACES.splitAsStream(text).filter(word -> !word.isEmpty()).toList();
    return join(parts).replaceAll(" {2,}", " ").strip();
  }

  private String join(List<String> words) {
    var quotes = new HashMap<String, Integer>();
    var text = new StringBuilder();
    var before = " ";
    for (int i = 0; i < words.size(); i++) {
      var word = words.get(i);
      var previous = i > 0 ? words.get(i - 1) : "";
      if (isEastAsian(word.codePointAt(0))) {
        boolean together = i > 0 && isEastAsian(previous.codePointBefore(previous.length()));
        text.append(together ? "" : before).append(word);
        before = " ";
      } else if (OPENING.matcher(word).matches()) {
        text.append(before).append(word);
        before = "";
      } else if (CLOSING.matcher(word).matches()
          || (language == MosesLanguage.EN && i > 0 && CONTRACTION.matcher(word).matches())) {
        text.append(word);
        before = " ";
      } else if (QUOTE.matcher(word).matches()) {
        var kind = CURLY.matcher(word).matches() ? "\"" : word;
        boolean opens = quotes.getOrDefault(kind, 0) % 2 == 0;
        boolean possessive =
            opens && language == MosesLanguage.EN && word.equals("'") && previous.endsWith("s");
        if (!possessive) {
          quotes.merge(kind, 1, Integer::sum);
        }
        text.append(opens && !possessive ? before : "").append(word);
        before = opens && !possessive ? "" : " ";
      } else {
        text.append(before).append(word);
        before = " ";
      }
    }
    return text.toString();
  }

  private static boolean isEastAsian(int c) {
    for (var range : EAST_ASIAN) {
      if (c >= range[0] && c <= range[1]) {
        return true;
      }
    }
    return false;
  }
}
