package inkstone.train;

import inkstone.data.DataPosition;
import inkstone.data.Epochs;
import inkstone.data.Example;
import inkstone.data.Masking;
import inkstone.journal.Event;
import inkstone.journal.Guessed;
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

/** An encoder learns to guess hidden tokens; which are hidden changes with every reading. */
final class MaskedCourse implements Course {

  /** Rows of validation in one forward. */
  private static final int ROWS = 16;

  private final EncoderRecipe recipe;
  private final Encoder encoder;
  private final Encoder computing;
  private final Steps steps;
  private final Masking masking;
  private final Consumer<Event> events;
  private final List<Sequence> training;
  private final List<Sequence> validation;
  private final Epochs epochs;
  private final double length;

  MaskedCourse(
      EncoderRecipe recipe,
      EncoderMaterial material,
      Sequences sequences,
      Encoder encoder,
      Consumer<Event> events) {
    this.recipe = recipe;
    this.encoder = encoder;
    this.events = events;
    computing = encoder.computing(Calibration.type(recipe.training().compute()));
    masking =
        new Masking(sequences.tokenizer(), recipe.masking().share(), recipe.masking().wholeWords());
    training = encoded(sequences, material.training());
    validation = encoded(sequences, material.validation());
    epochs = new Epochs(training.size(), recipe.seed());
    length = training.stream().mapToInt(s -> s.ids().length).average().orElse(0);
    steps =
        new Steps(
            encoder.parameters(),
            new AdamW(encoder.parameters(), recipe.optimizer()),
            recipe.seed());
  }

  private static List<Sequence> encoded(Sequences sequences, List<Example> examples) {
    return examples.parallelStream().flatMap(e -> sequences.all(e.text()).stream()).toList();
  }

  @Override
  public SequencedMap<String, Tensor> parameters() {
    return encoder.parameters();
  }

  @Override
  public Steps steps() {
    return steps;
  }

  /** Sequences as the network sees them, and what it has to find. */
  private record Hidden(List<Sequence> seen, List<Integer> places, int[] targets) {}

  /**
   * @param seeds one for each sequence
   */
  private Hidden hide(List<Sequence> some, long[] seeds) {
    var seen = new ArrayList<Sequence>();
    var places = new ArrayList<Integer>();
    var targets = new ArrayList<Integer>();
    int start = 0;
    for (int i = 0; i < seeds.length; i++) {
      var masked = masking.mask(some.get(i).ids(), seeds[i]);
      seen.add(new Sequence(masked.ids(), some.get(i).types()));
      for (int j = 0; j < masked.targets().length; j++) {
        places.add(start + masked.places().get(j));
        targets.add(masked.targets()[j]);
      }
      start += masked.ids().length;
    }
    return new Hidden(seen, places, targets.stream().mapToInt(Integer::intValue).toArray());
  }

  @Override
  public Lesson teach(DataPosition position, int rows) {
    var some = new ArrayList<Sequence>();
    var seeds = new long[rows];
    for (int i = 0; i < rows; i++) {
      long place = position.windows() + i;
      some.add(training.get(epochs.at(place)));
      seeds[i] = Epochs.seed(recipe.seed(), place);
    }
    var hidden = hide(some, seeds);
    double loss = steps.accumulate(() -> loss(logits(hidden, recipe.model().dropout()), hidden));
    long tokens = some.stream().mapToLong(s -> s.ids().length).sum();
    return new Lesson(loss, tokens, new DataPosition(position.windows() + rows));
  }

  private Tensor logits(Hidden hidden, double dropout) {
    return computing.forward(
        EncoderBatch.of(hidden.seen, dropout, encoder.device()).rows(hidden.places));
  }

  private Tensor loss(Tensor logits, Hidden hidden) {
    return Functions.crossEntropy(
        logits, Tensor.of(hidden.targets, hidden.targets.length).to(encoder.device()));
  }

  @Override
  public double tokensPerRow() {
    return length;
  }

  @Override
  public double flopsPerToken() {
    var config = encoder.config();
    double head = 6.0 * recipe.masking().share() * config.width() * config.vocabulary();
    return config.trainingFlopsPerToken(length) + head;
  }

  @Override
  public double evaluate(Progress progress) {
    return guess(progress, recipe.training().evaluateTokens());
  }

  /** Guesses in all of validation. */
  @Override
  public void finish(Progress progress) {
    guess(progress, Integer.MAX_VALUE);
  }

  /** Guesses in the first tokens of validation, of which the same are hidden every time. */
  private double guess(Progress progress, int most) {
    long start = System.nanoTime();
    double loss = 0;
    long right = 0;
    long all = 0;
    long seen = 0;
    for (int at = 0; at < validation.size() && seen < most; at += ROWS) {
      var some = validation.subList(at, Math.min(validation.size(), at + ROWS));
      var seeds = new long[some.size()];
      for (int i = 0; i < seeds.length; i++) {
        seeds[i] = Epochs.seed(0, at + i);
      }
      var hidden = hide(some, seeds);
      try (var scope = Scope.open();
          var off = Gradients.off()) {
        var logits = logits(hidden, 0);
        loss += loss(logits, hidden).item() * hidden.targets.length;
        var given = logits.argmax(1).toLongs();
        for (int i = 0; i < given.length; i++) {
          right += given[i] == hidden.targets[i] ? 1 : 0;
        }
      }
      all += hidden.targets.length;
      seen += some.stream().mapToLong(s -> s.ids().length).sum();
    }
    events.accept(
        new Guessed(
            progress.step(),
            "validation",
            loss / all,
            (double) right / all,
            all,
            (System.nanoTime() - start) / 1e9));
    return loss / all;
  }

  @Override
  public double evaluationTokens() {
    return validation.stream().mapToInt(s -> s.ids().length).sum() / 3.0;
  }

  @Override
  public boolean keepsBest() {
    return false;
  }

  @Override
  public void sample(Progress progress) {
    // It fills gaps, and writes nothing of its own.
  }

  @Override
  public void close() {
    steps.close();
  }
}
