package inkstone.train;

import inkstone.data.DataPosition;
import inkstone.data.Epochs;
import inkstone.data.Example;
import inkstone.evaluate.TextBaseline;
import inkstone.journal.BaselineJudged;
import inkstone.journal.Event;
import inkstone.model.Encoder;
import inkstone.model.EncoderBatch;
import inkstone.model.Sequence;
import inkstone.model.Sequences;
import inkstone.model.TextClassifier;
import inkstone.tensor.Functions;
import inkstone.tensor.Tensor;
import java.util.List;
import java.util.SequencedMap;
import java.util.function.Consumer;
import java.util.stream.IntStream;

/** An encoder learns which label a text has. */
final class ClassificationCourse implements Course {

  private final EncoderRecipe recipe;
  private final Encoder encoder;
  private final TextClassifier computing;
  private final Steps steps;
  private final Consumer<Event> events;
  private final EncoderMaterial material;
  private final List<String> labels;
  private final List<Sequence> training;
  private final int[] targets;
  private final Epochs epochs;
  private final Judge validation;
  private final double length;

  /** Learns in {@code encoder}, which has the head for the material's labels. */
  ClassificationCourse(
      EncoderRecipe recipe,
      EncoderMaterial material,
      Sequences sequences,
      Encoder encoder,
      Consumer<Event> events) {
    this.recipe = recipe;
    this.material = material;
    this.encoder = encoder;
    this.events = events;
    labels = encoder.config().head().labels();
    computing =
        new TextClassifier(
            encoder.computing(Calibration.type(recipe.training().compute())), sequences);
    training = encoded(sequences, material.training());
    targets = EncoderMaterial.numbers(material.training(), labels);
    epochs = new Epochs(training.size(), recipe.seed());
    validation = judge("validation", material.validation());
    length = training.stream().mapToInt(s -> s.ids().length).average().orElse(0);
    steps =
        new Steps(
            encoder.parameters(),
            new AdamW(encoder.parameters(), recipe.optimizer()),
            recipe.seed());
  }

  private static List<Sequence> encoded(Sequences sequences, List<Example> examples) {
    return examples.parallelStream()
        .map(
            e ->
                e.pair()
                    .map(p -> sequences.of(e.text(), p))
                    .orElseGet(() -> sequences.of(e.text())))
        .toList();
  }

  private Judge judge(String split, List<Example> examples) {
    return new Judge(
        split,
        examples,
        encoded(computing.sequences(), examples),
        EncoderMaterial.numbers(examples, labels));
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
    var places =
        IntStream.range(0, rows).map(i -> epochs.at(position.windows() + i)).boxed().toList();
    var some = places.stream().map(training::get).toList();
    var expected = places.stream().mapToInt(place -> targets[place]).toArray();
    double loss = steps.accumulate(() -> loss(some, expected));
    long tokens = some.stream().mapToLong(s -> s.ids().length).sum();
    return new Lesson(loss, tokens, new DataPosition(position.windows() + rows));
  }

  private Tensor loss(List<Sequence> some, int[] expected) {
    var batch = EncoderBatch.of(some, recipe.model().dropout(), encoder.device());
    var logits = computing.encoder().forward(batch);
    return Functions.crossEntropy(
        logits, Tensor.of(expected, expected.length).to(encoder.device()));
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
    return validation
        .upTo(recipe.training().evaluateTokens())
        .judge(computing, progress.step(), events);
  }

  @Override
  public double evaluationTokens() {
    // Forward alone is a third of learning.
    double tokens = 0;
    for (var examples : List.of(material.validation(), material.test())) {
      tokens += length * examples.size() / 3;
    }
    return tokens;
  }

  @Override
  public boolean keepsBest() {
    return recipe.training().evaluateEvery() > 0;
  }

  @Override
  public void sample(Progress progress) {
    // It says labels, and writes nothing.
  }

  /** Judges by all of validation and test, and what needs no network beside it. */
  @Override
  public void finish(Progress progress) {
    validation.judgeInFull(computing, progress.step(), events);
    if (!material.test().isEmpty()) {
      judge("test", material.test()).judgeInFull(computing, progress.step(), events);
    }
    if (recipe.data().baseline()) {
      baseline();
    }
  }

  private void baseline() {
    long start = System.nanoTime();
    var chosenBy = labelled(material.validation());
    var baseline = TextBaseline.of(labelled(material.training()), chosenBy, labels.size());
    boolean tested = !material.test().isEmpty();
    var judged = baseline.judge(tested ? labelled(material.test()) : chosenBy, labels.size());
    events.accept(
        new BaselineJudged(
            TextBaseline.NAME,
            tested ? "test" : validation.split(),
            judged.accuracy(),
            judged.macroF1(),
            judged.examples(),
            (System.nanoTime() - start) / 1e9));
  }

  private TextBaseline.Labelled labelled(List<Example> examples) {
    var texts =
        examples.stream().map(e -> e.text() + e.pair().map(p -> " " + p).orElse("")).toList();
    return new TextBaseline.Labelled(texts, EncoderMaterial.numbers(examples, labels));
  }

  @Override
  public void close() {
    steps.close();
  }
}
