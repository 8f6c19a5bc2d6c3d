package inkstone.words;

import java.util.List;

/**
 * What vectors scored on a test. Words without a vector are left out, and {@code covered} says how
 * much that left.
 *
 * @param test name of the file, without its ending
 * @param score Spearman's correlation with people's opinion, -1 to 1; or the part of the analogies
 *     that were solved, 0 to 1; NaN where nothing was covered
 * @param covered questions all of whose words have vectors
 * @param questions in all
 * @param sections of a test of analogies, each with its own score
 */
public record TestScore(
    String test,
    TestKind kind,
    double score,
    int covered,
    int questions,
    List<TestScore> sections) {

  /** Copies the list. */
  public TestScore {
    sections = List.copyOf(sections);
  }
}
