package inkstone.train;

import inkstone.data.DataPosition;
import inkstone.data.Epochs;
import inkstone.data.Tagged;
import inkstone.evaluate.ConfusionMatrix;
import inkstone.journal.Confused;
import inkstone.journal.Event;
import inkstone.journal.Judged;
import inkstone.model.Encoder;
import inkstone.model.EncoderBatch;
import inkstone.model.Sequence;
import inkstone.model.Sequences;
import inkstone.tensor.Functions;
import inkstone.tensor.Gradients;
import inkstone.tensor.Scope;
import inkstone.tensor.Tensor;
import java.util.ArrayList;
import java.util.List;
import java.util.SequencedMap;
import java.util.function.Consumer;
import java.util.stream.IntStream;

/** An encoder learns which label each word has, at the first token of each. */
final class TokenCourse implements Course {

  /** Sentences of validation in one forward. */
  private static final int ROWS = 32;

  private final EncoderRecipe recipe;
  private final TaggedMaterial material;
  private final Encoder encoder;
  private final Encoder computing;
  private final Sequences sequences;
  private final Steps steps;
  private final Consumer<Event> events;
  private final List<String> labels;
  private final List<Row> training;
  private final Epochs epochs;
  private final double length;

  /** A sentence, where its words begin, and the labels there. */
  private record Row(Sequence sequence, List<Integer> firsts, List<Integer> labels) {}

  TokenCourse(
      EncoderRecipe recipe,
      TaggedMaterial material,
      Sequences sequences,
      Encoder encoder,
      Consumer<Event> events) {
    this.recipe = recipe;
    this.material = material;
    this.encoder = encoder;
    this.sequences = sequences;
    this.events = events;
    labels = encoder.config().head().labels();
    computing = encoder.computing(Calibration.type(recipe.training().compute()));
    training = rows(material.training());
    epochs = new Epochs(training.size(), recipe.seed());
    length = training.stream().mapToInt(r -> r.sequence.ids().length).average().orElse(0);
    steps =
        new Steps(
            encoder.parameters(),
            new AdamW(encoder.parameters(), recipe.optimizer()),
            recipe.seed());
  }

  /** Those of which at least one word fits. */
  private List<Row> rows(List<Tagged> sentences) {
    return sentences.parallelStream().map(this::row).filter(row -> !row.firsts.isEmpty()).toList();
  }

  private Row row(Tagged sentence) {
    var placed = sequences.ofWords(sentence.words());
    var numbers =
        IntStream.range(0, placed.firsts().size())
            .mapToObj(word -> TaggedMaterial.number(sentence, word, labels))
            .toList();
    return new Row(placed.sequence(), placed.firsts(), numbers);
  }

  @Override
  public SequencedMap<String, Tensor> parameters() {
    return encoder.parameters();
  }

  @Override
  public Steps steps() {
    return steps;
  }

  @Override
  public Lesson teach(DataPosition position, int rows) {
    var some =
        IntStream.range(0, rows)
            .mapToObj(i -> training.get(epochs.at(position.windows() + i)))
            .toList();
    double loss =
        steps.accumulate(
            () -> Functions.crossEntropy(logits(some, recipe.model().dropout()), targets(some)));
    long tokens = some.stream().mapToLong(r -> r.sequence.ids().length).sum();
    return new Lesson(loss, tokens, new DataPosition(position.windows() + rows));
  }

  private Tensor logits(List<Row> rows, double dropout) {
    var places = new ArrayList<Integer>();
    int start = 0;
    for (var row : rows) {
      for (int first : row.firsts) {
        places.add(start + first);
      }
      start += row.sequence.ids().length;
    }
    var all = rows.stream().map(Row::sequence).toList();
    return computing.forward(EncoderBatch.of(all, dropout, encoder.device()).rows(places));
  }

  private static int[] numbers(List<Row> rows) {
    return rows.stream().flatMap(row -> row.labels.stream()).mapToInt(Integer::intValue).toArray();
  }

  private Tensor targets(List<Row> rows) {
    var numbers = numbers(rows);
    return Tensor.of(numbers, numbers.length).to(encoder.device());
  }

  @Override
  public double tokensPerRow() {
    return length;
  }

  @Override
  public double flopsPerToken() {
    return encoder.config().trainingFlopsPerToken(length);
  }

  @Override
  public double evaluate(Progress progress) {
    int count = (int) Math.max(1, recipe.training().evaluateTokens() / Math.max(1, length));
    var some = material.validation();
    return 1
        - judge("validation", some.subList(0, Math.min(count, some.size())), progress).accuracy();
  }

  @Override
  public double evaluationTokens() {
    return length * (material.validation().size() + material.test().size()) / 3;
  }

  @Override
  public boolean keepsBest() {
    return recipe.training().evaluateEvery() > 0;
  }

  @Override
  public void sample(Progress progress) {
    // It says labels, and writes nothing.
  }

  @Override
  public void finish(Progress progress) {
    confused("validation", material.validation(), progress);
    if (!material.test().isEmpty()) {
      confused("test", material.test(), progress);
    }
  }

  private void confused(String split, List<Tagged> sentences, Progress progress) {
    events.accept(new Confused(split, labels, judge(split, sentences, progress).rows()));
  }

  /** Words are what is counted. */
  private ConfusionMatrix judge(String split, List<Tagged> sentences, Progress progress) {
    long start = System.nanoTime();
    var rows = rows(sentences);
    var given = new ArrayList<Integer>();
    double loss = 0;
    for (int at = 0; at < rows.size(); at += ROWS) {
      var some = rows.subList(at, Math.min(rows.size(), at + ROWS));
      try (var scope = Scope.open();
          var off = Gradients.off()) {
        var logits = logits(some, 0);
        loss += Functions.crossEntropy(logits, targets(some)).item() * logits.size(0);
        for (long label : logits.argmax(1).toLongs()) {
          given.add((int) label);
        }
      }
    }
    var matrix =
        ConfusionMatrix.of(
            labels.size(), numbers(rows), given.stream().mapToInt(Integer::intValue).toArray());
    events.accept(
        new Judged(
            progress.step(),
            split,
            "token_labels",
            loss / matrix.examples(),
            matrix.accuracy(),
            matrix.macroF1(),
            matrix.examples(),
            (System.nanoTime() - start) / 1e9));
    return matrix;
  }

  @Override
  public void close() {
    steps.close();
  }
}
