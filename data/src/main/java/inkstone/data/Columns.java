package inkstone.data;

import java.util.List;

/**
 * Which columns, or fields, of a file hold what; an empty name leaves the choice to the usual ones.
 *
 * @param text the first text
 * @param pair the second text; empty for none
 * @param label what is to be learned
 */
public record Columns(String text, String pair, String label) {

  /** The usual ones. */
  public static final Columns USUAL = new Columns("", "", "");

  private static final List<String> TEXTS =
      List.of("text", "sentence", "review", "content", "sentence1", "question");
  private static final List<String> LABELS = List.of("label", "class", "category", "sentiment");

  /** The name of the column with the text, of those that a file has. */
  String text(List<String> names, String file) {
    return find(text, TEXTS, names, file, "text");
  }

  /** The name of the column with the label, of those that a file has. */
  String label(List<String> names, String file) {
    return find(label, LABELS, names, file, "label");
  }

  /** Whether a file has labels, as far as its columns tell. */
  boolean hasLabel(List<String> names) {
    return !label.isEmpty() || names.stream().anyMatch(LABELS::contains);
  }

  private static String find(
      String wanted, List<String> usual, List<String> names, String file, String key) {
    if (!wanted.isEmpty()) {
      if (!names.contains(wanted)) {
        throw new CorpusException(
            "%s: there is no column '%s'; it has %s; set data.%s to one of them"
                .formatted(file, wanted, names, key));
      }
      return wanted;
    }
    return usual.stream()
        .filter(names::contains)
        .findFirst()
        .orElseThrow(
            () ->
                new CorpusException(
                    "%s: none of the columns %s is one of %s; name the one with the %s by data.%s, or give the file a first line with names"
                        .formatted(file, names, usual, key, key)));
  }
}
