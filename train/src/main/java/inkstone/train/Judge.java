package inkstone.train;

import inkstone.data.Example;
import inkstone.evaluate.ConfusionMatrix;
import inkstone.journal.Confused;
import inkstone.journal.Event;
import inkstone.journal.Judged;
import inkstone.journal.Mistaken;
import inkstone.model.Sequence;
import inkstone.model.TextClassifier;
import java.util.Comparator;
import java.util.List;
import java.util.function.Consumer;
import java.util.stream.IntStream;

/**
 * Examples that a classifier is judged by.
 *
 * @param split their name
 * @param expected the number of each one's label
 */
@SuppressWarnings("ArrayRecordComponent")
record Judge(String split, List<Example> examples, List<Sequence> sequences, int[] expected) {

  private static final int WORST = 20;
  private static final int LONGEST = 400;

  /** The first of them, of about so many tokens. */
  Judge upTo(int tokens) {
    int count = 0;
    for (int seen = 0; count < examples.size() && seen < tokens; count++) {
      seen += sequences.get(count).ids().length;
    }
    return new Judge(
        split,
        examples.subList(0, count),
        sequences.subList(0, count),
        java.util.Arrays.copyOf(expected, count));
  }

  /** Judges, and tells of it; gives the part that was wrong. */
  double judge(TextClassifier classifier, long step, Consumer<Event> events) {
    long start = System.nanoTime();
    return 1 - judge(classifier.classifyAll(sequences), step, start, events).accuracy();
  }

  private ConfusionMatrix judge(
      List<TextClassifier.Scores> scores, long step, long start, Consumer<Event> events) {
    int labels = scores.getFirst().labels().size();
    var given = scores.stream().mapToInt(TextClassifier.Scores::place).toArray();
    var matrix = ConfusionMatrix.of(labels, expected, given);
    double loss =
        IntStream.range(0, expected.length)
            .mapToDouble(
                i -> -Math.log(Math.max(1e-12, scores.get(i).probabilities().get(expected[i]))))
            .average()
            .orElse(0);
    events.accept(
        new Judged(
            step,
            split,
            "classification",
            loss,
            matrix.accuracy(),
            matrix.macroF1(),
            matrix.examples(),
            (System.nanoTime() - start) / 1e9));
    return matrix;
  }

  /** The same with the confusion matrix and the worst mistakes. */
  void judgeInFull(TextClassifier classifier, long step, Consumer<Event> events) {
    long start = System.nanoTime();
    var scores = classifier.classifyAll(sequences);
    var matrix = judge(scores, step, start, events);
    var labels = scores.getFirst().labels();
    events.accept(new Confused(split, labels, matrix.rows()));
    IntStream.range(0, expected.length)
        .filter(i -> scores.get(i).place() != expected[i])
        .boxed()
        .sorted(Comparator.comparingDouble(i -> -scores.get(i).probability()))
        .limit(WORST)
        .forEach(
            i ->
                events.accept(
                    new Mistaken(
                        split,
                        shown(examples.get(i)),
                        labels.get(expected[i]),
                        scores.get(i).best(),
                        scores.get(i).probability())));
  }

  private static String shown(Example example) {
    var text = example.text() + example.pair().map(p -> " | " + p).orElse("");
    return text.codePointCount(0, text.length()) <= LONGEST
        ? text
        : text.substring(0, text.offsetByCodePoints(0, LONGEST)) + "...";
  }
}
