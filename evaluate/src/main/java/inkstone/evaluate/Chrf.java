package inkstone.evaluate;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * chrF of a whole corpus (Popović, 2015): how many n-grams of characters are right and how many are
 * found, as an F-score that weighs what is found more. The very number of SacreBLEU 2.6.
 *
 * @param words the longest n-grams of words that count too: 0 for chrF, 2 for chrF++ (Popović,
 *     2017)
 * @param lowercase whether capitals count for nothing
 */
public record Chrf(int words, boolean lowercase) {

  private static final int CHARACTERS = 6;
  private static final double BETA = 2;
  private static final String PUNCTUATION = "!\"#$%&'()*+,-./:;<=>?@[\\]^_`{|}~";

  /** SacreBLEU's usual one. */
  public static final Chrf USUAL = new Chrf(0, false);

  /** How it is called: chrF2, chrF2+, chrF2++. */
  public String name() {
    return "chrF2" + "+".repeat(words);
  }

  /** How it is worked out, in SacreBLEU's words, so that others can do the same. */
  public String signature() {
    return "nrefs:1|case:%s|eff:yes|nc:%d|nw:%d|space:no|version:%s"
        .formatted(lowercase ? "lc" : "mixed", CHARACTERS, words, Bleu.VERSION);
  }

  /**
   * Of one reference for each text, 0 to 100.
   *
   * @throws IllegalArgumentException if there are not as many
   */
  public double of(List<String> texts, List<String> references) {
    if (texts.size() != references.size()) {
      throw new IllegalArgumentException(
          "%d texts and %d references".formatted(texts.size(), references.size()));
    }
    var made = new long[CHARACTERS + words];
    var wanted = new long[CHARACTERS + words];
    var right = new long[CHARACTERS + words];
    for (int i = 0; i < texts.size(); i++) {
      var ours = grams(texts.get(i));
      var theirs = grams(references.get(i));
      for (int n = 0; n < made.length; n++) {
        var reference = theirs.get(n);
        for (var entry : ours.get(n).entrySet()) {
          // Where a reference is too short to have any, what was made does not count either.
          made[n] += reference.isEmpty() ? 0 : entry.getValue();
          right[n] += Math.min(entry.getValue(), reference.getOrDefault(entry.getKey(), 0));
        }
        wanted[n] += reference.values().stream().mapToInt(Integer::intValue).sum();
      }
    }
    return score(made, wanted, right);
  }

  private static double score(long[] made, long[] wanted, long[] right) {
    double precision = 0;
    double recall = 0;
    int orders = 0;
    for (int n = 0; n < made.length; n++) {
      if (made[n] > 0 && wanted[n] > 0) {
        precision += (double) right[n] / made[n];
        recall += (double) right[n] / wanted[n];
        orders++;
      }
    }
    if (precision + recall == 0) {
      return 0;
    }
    precision /= orders;
    recall /= orders;
    double factor = BETA * BETA;
    return 100 * (1 + factor) * precision * recall / (factor * precision + recall);
  }

  private List<Map<String, Integer>> grams(String text) {
    var cased = lowercase ? text.toLowerCase(Locale.ROOT) : text;
    var parts = BleuTokenizer.split(cased);
    var characters = String.join("", parts).codePoints().toArray();
    var grams = new ArrayList<Map<String, Integer>>();
    for (int n = 1; n <= CHARACTERS; n++) {
      var counts = new HashMap<String, Integer>();
      for (int i = 0; i + n <= characters.length; i++) {
        counts.merge(new String(characters, i, n), 1, Integer::sum);
      }
      grams.add(counts);
    }
    var apart = words > 0 ? apart(parts) : List.<String>of();
    for (int n = 1; n <= words; n++) {
      var counts = new HashMap<String, Integer>();
      for (int i = 0; i + n <= apart.size(); i++) {
        counts.merge(String.join(" ", apart.subList(i, i + n)), 1, Integer::sum);
      }
      grams.add(counts);
    }
    return grams;
  }

  /** Takes a sign off the end of each word, or else off its beginning. */
  private static List<String> apart(List<String> words) {
    var apart = new ArrayList<String>();
    for (var word : words) {
      int end = word.length() - 1;
      if (word.codePointCount(0, word.length()) == 1) {
        apart.add(word);
      } else if (PUNCTUATION.indexOf(word.charAt(end)) >= 0) {
        apart.add(word.substring(0, end));
        apart.add(word.substring(end));
      } else if (PUNCTUATION.indexOf(word.charAt(0)) >= 0) {
        apart.add(word.substring(0, 1));
        apart.add(word.substring(1));
      } else {
        apart.add(word);
      }
    }
    return apart;
  }
}
