package inkstone.cli;

import inkstone.words.TestKind;
import inkstone.words.TestScore;
import java.util.Locale;

/** What word vectors scored, as a line for a person and as one of JSON. */
final class WordScores {

  private WordScores() {}

  static String line(TestScore score) {
    boolean pairs = score.kind() == TestKind.SIMILARITY;
    return String.format(
        Locale.ROOT,
        "%-32s %s %s  covered %,d of %,d (%.1f%%)",
        score.test(),
        pairs ? "spearman" : "accuracy",
        Double.isNaN(score.score())
            ? "-"
            : pairs
                ? String.format(Locale.ROOT, "%.4f", score.score())
                : String.format(Locale.ROOT, "%.2f%%", 100 * score.score()),
        score.covered(),
        score.questions(),
        100.0 * score.covered() / score.questions());
  }

  /** Names of files and sections hold no quotes that would need more care than this. */
  static String json(TestScore score) {
    return String.format(
        Locale.ROOT,
        "{\"test\":\"%s\",\"metric\":\"%s\",\"score\":%s,\"covered\":%d,\"questions\":%d}",
        score.test().replace("\\", "\\\\").replace("\"", "\\\""),
        score.kind() == TestKind.SIMILARITY ? "spearman" : "accuracy",
        Double.isNaN(score.score()) ? "null" : Double.toString(score.score()),
        score.covered(),
        score.questions());
  }
}
