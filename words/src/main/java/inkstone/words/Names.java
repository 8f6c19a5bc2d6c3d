package inkstone.words;

import java.util.Collection;
import java.util.Comparator;

/** Finds the name that was probably meant. */
final class Names {

  private Names() {}

  /** The candidate with the fewest edits, or one that the name begins; the first of equals. */
  static String nearest(String name, Collection<String> candidates) {
    return candidates.stream()
        .min(Comparator.comparingInt(c -> c.startsWith(name) ? 0 : edits(name, c)))
        .orElse("");
  }

  /** The edit distance (Levenshtein, 1966). */
  static int edits(String a, String b) {
    var row = new int[b.length() + 1];
    for (int j = 0; j <= b.length(); j++) {
      row[j] = j;
    }
    for (int i = 1; i <= a.length(); i++) {
      int diagonal = row[0];
      row[0] = i;
      for (int j = 1; j <= b.length(); j++) {
        int change = diagonal + (a.charAt(i - 1) == b.charAt(j - 1) ? 0 : 1);
        diagonal = row[j];
        row[j] = Math.min(change, Math.min(row[j], row[j - 1]) + 1);
      }
    }
    return row[b.length()];
  }
}
