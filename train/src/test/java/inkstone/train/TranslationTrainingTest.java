package inkstone.train;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import inkstone.generate.Translator;
import inkstone.journal.CheckpointSaved;
import inkstone.journal.Evaluated;
import inkstone.journal.Finished;
import inkstone.journal.RunLog;
import inkstone.journal.Step;
import inkstone.journal.TranslationScored;
import inkstone.tensor.DType;
import inkstone.tensor.Device;
import inkstone.tensor.Scope;
import inkstone.tensor.Tensor;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TranslationTrainingTest {

  private static final String[] ENGLISH = {"red", "blue", "dog", "cat", "runs", "sleeps", "here"};
  private static final String[] GERMAN = {"rot", "blau", "Hund", "Katze", "läuft", "ruht", "da"};

  @TempDir Path folder;

  /** Word by word, the other way round. */
  private Path pairs() throws IOException {
    var random = new SplittableRandom(5);
    var text = new StringBuilder();
    for (int i = 0; i < 300; i++) {
      var left = new StringBuilder();
      var right = new StringBuilder();
      for (int k = 0; k < 2 + i % 4; k++) {
        int word = random.nextInt(ENGLISH.length);
        left.append(k == 0 ? "" : " ").append(ENGLISH[word]);
        right.insert(0, GERMAN[word] + (k == 0 ? "" : " "));
      }
      text.append(left).append(".\t").append(right).append(".\n");
    }
    return Files.writeString(folder.resolve("pairs.tsv"), text);
  }

  private TranslationRecipe recipe(String... overrides) throws IOException {
    var yaml =
        """
        task: translation
        seed: 3
        data: {source: '%s', held_out_pairs: 20}
        text: {source: en, target: de, moses: true, lowercase: true, vocabulary: 300}
        model: {layers: 1, heads: 2, width: 32, hidden: 48, positions: 64, dropout: 0.1}
        optimizer: {learning_rate: 0.01}
        schedule: {warmup_steps: 10}
        training:
          steps: 24
          batch_tokens: 200
          evaluate_every: 6
          average: 3
          checkpoint_seconds: 1000
        search: {beams: 2}
        """
            .formatted(pairs());
    return TranslationRecipe.read(
        Files.writeString(folder.resolve("recipe.yaml"), yaml), List.of(overrides));
  }

  private static List<Double> losses(RunLog log) {
    return log.all(Step.class).stream().map(Step::loss).toList();
  }

  @Test
  void fromPairsToAModelThatTranslates() throws IOException {
    long before = Tensor.live();
    var out = folder.resolve("run");
    var recipe = recipe("training.steps=120", "training.evaluate_every=30");
    assertTrue(TranslationRecipe.describes(folder.resolve("recipe.yaml")));
    var log = TranslationTraining.of(recipe).run(out);
    assertEquals("done", log.last(Finished.class).reason());
    assertEquals(120, log.all(Step.class).size());
    // Four during the run, and that of the model, which is a mean of three.
    assertEquals(5, log.all(Evaluated.class).size());
    double first = log.all(Evaluated.class).getFirst().loss();
    double last = log.last(Evaluated.class).loss();
    assertTrue(last < 0.9 * first, first + " to " + last);
    assertTrue(log.last(Evaluated.class).bitsPerByte() > 0);
    try (var files = Files.list(out.resolve("averages"))) {
      assertEquals(3, files.count());
    }
    var scores = log.all(TranslationScored.class);
    assertEquals(
        List.of("BLEU", "chrF2", "tokenised BLEU"),
        scores.stream().map(TranslationScored::metric).toList());
    assertTrue(scores.stream().allMatch(s -> s.score() >= 0 && s.score() <= 100));
    assertTrue(scores.getFirst().signature().contains("case:lc|eff:no|tok:13a"));
    try (var translator = Translator.open(out.resolve("model"))) {
      assertEquals("en", translator.form().source().language());
      assertFalse(translator.translate("red dog runs.").text().isEmpty());
    }
    assertEquals(before, Tensor.live());
    assertThrows(TrainingException.class, () -> TranslationTraining.of(recipe).run(out));
  }

  /** A run that was stopped and resumed gives the very numbers of one that was not. */
  @Test
  void resumesExactly() throws IOException {
    var recipe = recipe();
    var whole = TranslationTraining.of(recipe).run(folder.resolve("whole"));
    var steps = new AtomicInteger();
    var cut = folder.resolve("cut");
    var stopped =
        TranslationTraining.of(recipe)
            .told("test", () -> steps.incrementAndGet() == 13, List.of())
            .run(cut);
    assertEquals("interrupted", stopped.last(Finished.class).reason());
    assertEquals(13, stopped.last(CheckpointSaved.class).step());
    var resumed = TranslationTraining.resuming().run(cut);
    assertEquals(losses(whole), losses(resumed));
    assertEquals(whole.last(Evaluated.class).loss(), resumed.last(Evaluated.class).loss());
    for (var file : List.of("model/model.safetensors", "model/tokenizer.json")) {
      assertEquals(-1, Files.mismatch(folder.resolve("whole/" + file), cut.resolve(file)), file);
    }
  }

  @Test
  void averagesAreMeans() {
    var averages = Averages.of(folder, 2);
    try (var scope = Scope.open()) {
      var weight = Tensor.full(1, DType.FLOAT32, Device.CPU, 2, 2);
      var parameters = new LinkedHashMap<String, Tensor>();
      parameters.put("w", weight);
      averages.keep(1, parameters);
      assertEquals(1, averages.apply(parameters));
      weight.addInPlace(weight.copy(), 3); // 4
      averages.keep(9, parameters);
      weight.addInPlace(weight.copy(), 1); // 8
      averages.keep(10, parameters);
      assertEquals(2, averages.apply(parameters));
      assertEquals(6, weight.toFloats()[0], 1e-6);
    }
  }

  @Test
  void wrongRecipesAreTold() throws IOException {
    var wrong =
        List.of(
            List.of("data.source=''", "data.source must be given"),
            List.of("data.held_out_pairs=0", "data.held_out_pairs must be 1 or more"),
            List.of("data.held_out_source=x", "data.held_out_pairs must be 0"),
            List.of("data.tests=[here]", "data.tests must have a name"),
            List.of("text.target=''", "text.target must be given"),
            List.of("text.vocabulary=100", "text.vocabulary must be 258 or more"),
            List.of("model.heads=5", "model.width must be even"),
            List.of("model.dropout=1.0", "model.dropout must be in [0, 1)"),
            List.of("training.average=0", "training.average must be 1 or more"),
            List.of("training.batch_tokens=0", "training.batch_tokens must be 1 or more"),
            List.of("optimizer.kind=muon", "optimizer.kind must be adamw"),
            List.of("training.steps=0", "training.steps must be 1 or more"),
            List.of("model.norms=mid", "model.norms must be one of post, pre"),
            List.of("text.mose=true", "did you mean 'moses'"));
    for (var each : wrong) {
      var e = assertThrows(TrainingException.class, () -> recipe(each.getFirst()));
      assertTrue(String.valueOf(e.getMessage()).contains(each.getLast()), e.getMessage());
    }
    var french =
        assertThrows(TrainingException.class, () -> recipe("text.source=fr", "text.target=zh"));
    assertTrue(String.valueOf(french.getMessage()).contains("text.moses"), french.getMessage());
    assertFalse(TranslationRecipe.describes(folder.resolve("none.yaml")));
  }
}
