package inkstone.train;

import inkstone.journal.Journal;
import inkstone.journal.RunLog;
import inkstone.journal.Step;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.OptionalLong;
import java.util.SplittableRandom;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BooleanSupplier;

/** Runs that are small enough for a test, without the calibration that others begin with. */
final class TinyRun {

  private static final String YAML =
      """
      seed: 7
      tokenizer: {kind: bytes}
      data: {split: tail}
      model: {layers: 1, heads: 2, width: 16, context: 16, dropout: 0.2}
      optimizer: {learning_rate: 0.01}
      schedule: {kind: wsd, warmup_steps: 2, decay: 0.25}
      training:
        steps: 12
        batch: 2
        accumulate: 2
        compute: fp32
        evaluate_every: 5
        evaluate_tokens: 100
        sample_every: 4
        checkpoint_seconds: 1000
      """;

  /** What a step must have in common with its double in another run. */
  record Numbers(long step, long tokens, double loss, double learningRate, double norm) {}

  private TinyRun() {}

  /** A text of short lines. */
  static Path corpus(Path folder) throws IOException {
    var random = new SplittableRandom(5);
    var words = List.of("ink", "stone", "brush", "paper", "water", "grinds", "the", "a", "black");
    var text = new StringBuilder();
    for (int line = 0; line < 150; line++) {
      for (int word = 0; word < 5; word++) {
        text.append(words.get(random.nextInt(words.size()))).append(word == 4 ? ".\n" : " ");
      }
    }
    return Files.writeString(folder.resolve("text.txt"), text);
  }

  static Recipe recipe(Path corpus, String... overrides) {
    var all = new java.util.ArrayList<>(List.of("corpus=['" + corpus + "']"));
    all.addAll(List.of(overrides));
    return RecipeFile.parse("tiny", YAML, all);
  }

  static RunLog run(Recipe recipe, Path out, BooleanSupplier stop) {
    return run(recipe, out, OptionalLong.empty(), stop);
  }

  static RunLog run(Recipe recipe, Path out, OptionalLong decay, BooleanSupplier stop) {
    var folder = RunFolder.open(out, false);
    Atomic.write(folder.recipe(), RecipeFile.write(recipe));
    return train(recipe, out, false, decay, stop);
  }

  static RunLog resume(Path out, BooleanSupplier stop) {
    var folder = RunFolder.open(out, true);
    return train(Recipe.read(folder.recipe()), out, true, RunFolder.decayStart(out), stop);
  }

  private static RunLog train(
      Recipe recipe, Path out, boolean resume, OptionalLong decay, BooleanSupplier stop) {
    try (var journal = Journal.open(out)) {
      var split = Material.split(recipe, Material.corpus(recipe), journal::emit);
      try (var material = Material.prepare(recipe, split, out, journal::emit)) {
        new Pretraining.Training(recipe, material, 1e9, decay)
            .run(out, resume, stop, journal::emit, System.nanoTime());
      }
    }
    return RunLog.read(out);
  }

  /** Never stops. */
  static boolean never() {
    return false;
  }

  /** Stops when it was asked so many times, which is after so many steps. */
  static BooleanSupplier after(int steps) {
    var asked = new AtomicInteger();
    return () -> asked.incrementAndGet() == steps;
  }

  static List<Numbers> numbers(RunLog log) {
    return log.all(Step.class).stream()
        .map(s -> new Numbers(s.step(), s.tokens(), s.loss(), s.learningRate(), s.gradientNorm()))
        .toList();
  }

  /** Copies a run as it lies on the disk. */
  static Path copy(Path run, Path to) {
    try (var all = Files.walk(run)) {
      for (var each : all.toList()) {
        Files.copy(each, to.resolve(run.relativize(each).toString()));
      }
      return to;
    } catch (IOException e) {
      throw new java.io.UncheckedIOException(e);
    }
  }
}
