package inkstone.evaluate;

import java.util.List;

/**
 * TF-IDF and logistic regression: what a network that classifies texts has to beat. How strongly
 * weights are held small is chosen on validation, never on what is judged in the end.
 */
public record TextBaseline(TfIdf features, LogisticRegression regression) {

  /** Its name in events and reports. */
  public static final String NAME = "TF-IDF and logistic regression";

  private static final double[] CHOICES = {1, 4, 16, 64};

  /** Texts and the label of each, counted from 0. */
  @SuppressWarnings("ArrayRecordComponent")
  public record Labelled(List<String> texts, int[] labels) {}

  /** Learns from training alone; of the choices, the first that is best on validation. */
  public static TextBaseline of(Labelled training, Labelled validation, int labels) {
    var features = new TfIdf(training.texts);
    var rows = training.texts.parallelStream().map(features::row).toList();
    TextBaseline best = null;
    double most = -1;
    for (double c : CHOICES) {
      var regression = new LogisticRegression(rows, features.size(), training.labels, labels, c);
      var choice = new TextBaseline(features, regression);
      double accuracy = choice.judge(validation, labels).accuracy();
      if (accuracy > most) {
        most = accuracy;
        best = choice;
      }
    }
    return java.util.Objects.requireNonNull(best);
  }

  /** Compares what it says with what is true. */
  public ConfusionMatrix judge(Labelled examples, int labels) {
    var given =
        examples.texts.parallelStream()
            .mapToInt(text -> regression.label(features.row(text)))
            .toArray();
    return ConfusionMatrix.of(labels, examples.labels, given);
  }
}
