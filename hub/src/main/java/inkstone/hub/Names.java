package inkstone.hub;

import java.util.Collection;
import java.util.Comparator;
import java.util.Locale;
import java.util.stream.Collectors;

/** Finds the names that were probably meant. */
final class Names {

  private Names() {}

  /**
   * The names with the fewest edits, in words; the letters of the name count more than its length.
   */
  static String nearest(String name, Collection<String> candidates, int most) {
    if (candidates.isEmpty()) {
      return "there is nothing there";
    }
    var wanted = name.toLowerCase(Locale.ROOT);
    return candidates.stream()
        .sorted(
            Comparator.<String>comparingInt(c -> edits(wanted, c.toLowerCase(Locale.ROOT)))
                .thenComparing(Comparator.naturalOrder()))
        .limit(most)
        .map(FileName::shown)
        .collect(Collectors.joining(", ", "nearest are: ", ""));
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
