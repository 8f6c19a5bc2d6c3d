package inkstone.train;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import inkstone.journal.BaselineJudged;
import inkstone.journal.Confused;
import inkstone.journal.CorpusRead;
import inkstone.journal.Finished;
import inkstone.journal.Guessed;
import inkstone.journal.InputSkipped;
import inkstone.journal.Judged;
import inkstone.journal.Mistaken;
import inkstone.journal.NetworkBuilt;
import inkstone.journal.RunLog;
import inkstone.journal.Step;
import inkstone.model.EncoderDirectory;
import inkstone.model.EncoderHead;
import inkstone.model.TextClassifier;
import inkstone.model.TokenLabeller;
import inkstone.tensor.Tensor;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class EncoderTrainingTest {

  private static final String SMALL = "model={layers: 1, heads: 2, width: 32, vocabulary: 60}";

  @TempDir Path folder = Path.of("");

  /** Short reviews whose one telling word says the label. */
  private Path reviews(String name, int count, long seed) throws IOException {
    var random = new SplittableRandom(seed);
    var words = List.of("the", "room", "was", "in", "a", "street", "and", "bed");
    var telling = List.of(List.of("awful", "dirty"), List.of("lovely", "clean"));
    var text = new StringBuilder("label,review\n");
    for (int i = 0; i < count; i++) {
      int label = random.nextInt(2);
      var review = new ArrayList<String>();
      for (int word = 0; word < 6; word++) {
        review.add(words.get(random.nextInt(words.size())));
      }
      review.add(random.nextInt(7), telling.get(label).get(random.nextInt(2)));
      text.append(label == 1 ? "good" : "bad").append(',').append(String.join(" ", review));
      text.append('\n');
    }
    return Files.writeString(folder.resolve(name), text);
  }

  private static EncoderRecipe recipe(Path training, String... more) {
    var all =
        new ArrayList<>(
            List.of(
                "data.training=['" + training + "']",
                "data.context=16",
                SMALL,
                "optimizer.learning_rate=0.003",
                "schedule.warmup_steps=5",
                "training={steps: 60, batch: 16, evaluate_every: 20}"));
    all.addAll(List.of(more));
    return EncoderRecipe.of(all);
  }

  private static RunLog run(EncoderRecipe recipe, Path out) {
    return EncoderTraining.of(recipe).run(out);
  }

  @Test
  void fromHiddenTokensToLabels() throws IOException {
    var reviews = reviews("a.csv", 300, 1);
    var first = folder.resolve("first");
    long live = Tensor.live();
    var guessed = run(recipe(reviews, "task=masked_language", "training.steps=40"), first);
    assertEquals(live, Tensor.live());
    var guesses = guessed.all(Guessed.class);
    assertTrue(guesses.getLast().loss() < guesses.getFirst().loss(), guesses.toString());
    assertEquals("bert", guessed.last(NetworkBuilt.class).family());

    var test = reviews("test.csv", 80, 2);
    var out = folder.resolve("second");
    var recipe =
        recipe(
            reviews,
            "from='" + first.resolve("model") + "'",
            "data.test=['" + test + "']",
            "model.dropout=0.1");
    var log = run(recipe, out);
    assertEquals(live, Tensor.live());
    var judged = log.last(Judged.class);
    assertEquals("test", judged.split());
    assertEquals(80, judged.examples());
    assertTrue(judged.accuracy() > 0.95, judged.toString());
    var confused = log.last(Confused.class);
    assertEquals(List.of("bad", "good"), confused.labels());
    assertEquals(80, confused.counts().stream().flatMap(List::stream).mapToLong(n -> n).sum());
    assertEquals(
        Math.round(80 * (1 - judged.accuracy())),
        log.all(Mistaken.class).stream().filter(m -> m.split().equals("test")).count());
    assertTrue(log.last(BaselineJudged.class).accuracy() > 0.95);
    assertEquals(80, log.last(BaselineJudged.class).examples());
    try (var classifier = TextClassifier.open(out.resolve("model"))) {
      assertEquals("good", classifier.classify("A LOVELY bed in the street").best());
      assertEquals("bad", classifier.classify("the bed was awful").best());
    }
  }

  @Test
  void wordsGetLabels() throws IOException {
    var random = new SplittableRandom(4);
    var words = List.of("ann", "ben", "cleo", "oslo", "rome", "paris", "saw", "left", "in", "to");
    var text = new StringBuilder();
    for (int i = 0; i < 150; i++) {
      for (int j = 0; j < 6; j++) {
        int word = random.nextInt(words.size());
        text.append(words.get(word)).append(" x ");
        text.append(word < 3 ? "B-PER" : word < 6 ? "B-LOC" : "O").append('\n');
      }
      text.append('\n');
    }
    var file = Files.writeString(folder.resolve("a.conll"), text);
    var out = folder.resolve("out");
    var recipe = recipe(file, "task=token_labels", "data.test_share=0.1", "data.context=40");
    var log = run(recipe, out);
    var judged = log.last(Judged.class);
    assertEquals("test", judged.split());
    assertEquals(90, judged.examples());
    assertTrue(judged.accuracy() > 0.95, judged.toString());
    assertEquals(List.of("B-LOC", "B-PER", "O"), log.last(Confused.class).labels());
    try (var labeller = TokenLabeller.open(out.resolve("model"))) {
      assertEquals(List.of("B-PER", "O", "B-LOC"), labeller.label(List.of("Cleo", "left", "Oslo")));
      // Words that do not fit the context get none.
      assertTrue(labeller.label(java.util.Collections.nCopies(50, "in")).size() < 50);
    }
  }

  @Test
  void aRunThatWasStoppedIsTheSame() throws IOException {
    var recipe = recipe(reviews("a.csv", 100, 1), "training.steps=12", "training.evaluate_every=4");
    var whole = run(recipe, folder.resolve("whole"));
    var out = folder.resolve("parts");
    var stopped = EncoderTraining.of(recipe).told("typed", TinyRun.after(5), List.of()).run(out);
    assertEquals("interrupted", stopped.last(Finished.class).reason());
    var resumed = EncoderTraining.resuming().run(out);
    assertEquals("done", resumed.last(Finished.class).reason());
    assertEquals(losses(whole), losses(resumed));
    assertEquals(12, losses(whole).size());
    assertEquals(
        -1,
        Files.mismatch(
            folder.resolve("whole/model/model.safetensors"),
            out.resolve("model/model.safetensors")));
  }

  private static List<Double> losses(RunLog log) {
    return log.all(Step.class).stream().map(Step::loss).toList();
  }

  @Test
  void theWeightsThatWereBestAreKept() throws IOException {
    // A rate that soon destroys what was learned.
    var recipe =
        recipe(
            reviews("a.csv", 200, 3),
            "data.validation_share=0.3",
            "schedule={kind: constant}",
            "optimizer={learning_rate: 0.02, clip: 0}",
            "training={steps: 60, evaluate_every: 10}");
    var out = folder.resolve("out");
    var judged = run(recipe, out).all(Judged.class);
    double best = judged.subList(0, 6).stream().mapToDouble(Judged::accuracy).max().orElse(0);
    assertEquals(best, judged.getLast().accuracy());
  }

  @Test
  void whatIsJudgedByIsNotLearnedFrom() throws IOException {
    var test = reviews("test.csv", 30, 9);
    var both =
        Files.writeString(
            folder.resolve("both.csv"),
            Files.readString(reviews("a.csv", 50, 1))
                + Files.readString(test).replace("label,review\n", ""));
    var log =
        run(recipe(both, "data.test=['" + test + "']", "training.steps=1"), folder.resolve("out"));
    var skipped = log.last(InputSkipped.class);
    assertTrue(
        skipped.reason().endsWith("examples that are also in validation or test were left out"));
    int left = Integer.parseInt(skipped.reason().split(" ", 2)[0]);
    assertTrue(left > 20, skipped.reason());
    assertTrue(log.last(CorpusRead.class).documents() <= 110 - left);
  }

  @Test
  void partsOfTheTrainingFileAreTheSameForOneSplitSeed() throws IOException {
    var file = reviews("a.csv", 100, 1);
    var one = EncoderMaterial.read(recipe(file, "data.test_share=0.2"), e -> {});
    var two = EncoderMaterial.read(recipe(file, "data.test_share=0.2", "seed=5"), e -> {});
    var other =
        EncoderMaterial.read(recipe(file, "data.test_share=0.2", "data.split_seed=5"), e -> {});
    assertEquals(20, one.test().size());
    assertEquals(8, one.validation().size());
    assertEquals(one, two);
    assertTrue(!one.test().equals(other.test()));
  }

  @Test
  void anEncoderWithTheSameLabelsKeepsItsHead() throws IOException {
    var file = reviews("a.csv", 60, 1);
    var out = folder.resolve("one");
    run(recipe(file, "training.steps=30"), out);
    var recipe = recipe(file, "from='" + out.resolve("model") + "'");
    var task = EncoderTask.of(recipe, e -> {});
    var beginning = EncoderBeginning.of(recipe, task, folder.resolve("two"), e -> {});
    try (var encoder = beginning.encoder();
        var before = EncoderDirectory.open(out.resolve("model"))) {
      assertEquals(new EncoderHead.Classification(List.of("bad", "good")), encoder.config().head());
      before
          .parameters()
          .forEach(
              (name, weight) ->
                  org.junit.jupiter.api.Assertions.assertArrayEquals(
                      weight.toFloats(),
                      java.util.Objects.requireNonNull(encoder.parameters().get(name)).toFloats()));
    }
  }

  @Test
  void mistakesAreToldOfWithTheirPlace() throws IOException {
    var file = reviews("a.csv", 40, 1);
    var unlabelled = Files.writeString(folder.resolve("b.txt"), "one\ntwo\n");
    var third = Files.writeString(folder.resolve("c.csv"), "label,review\nfair,so so\n");
    var alike = Files.writeString(folder.resolve("d.csv"), "label,review\n1,x\n1,y\n1,z\n");
    refused(recipe(unlabelled, "data.validation_share=0.5"), "line ", "there is no label");
    refused(
        recipe(file, "data.validation=['" + third + "']"),
        third + ", line 2",
        "label 'fair' is none of those in training, [bad, good]");
    refused(recipe(alike, "data.validation_share=0.4"), "1 different labels", "needs 2 to 1000");
    refused(recipe(file, "data.validation_share=0"), "too few to train and to validate");
    for (var wrong :
        List.of(
            "task=classify",
            "data.context=3",
            "data.test_share=1.0",
            "masking.share=0.0",
            "model.width=33",
            "optimizer.kind=muon",
            "training.label_smoothing=0.1",
            "data.colour=red")) {
      var e = assertThrows(TrainingException.class, () -> recipe(file, wrong));
      var key = wrong.substring(0, wrong.indexOf('='));
      var last = key.substring(key.lastIndexOf('.') + 1);
      assertTrue(String.valueOf(e.getMessage()).contains(last), e.getMessage());
    }
    var e = assertThrows(TrainingException.class, () -> EncoderRecipe.of(List.of()));
    assertEquals(
        "the recipe: data.training must name at least one file; for example [reviews.csv]",
        e.getMessage());
  }

  private void refused(EncoderRecipe recipe, String... words) {
    var out = folder.resolve("refused");
    var e = assertThrows(TrainingException.class, () -> run(recipe, out));
    for (var word : words) {
      assertTrue(String.valueOf(e.getMessage()).contains(word), e.getMessage());
    }
  }
}
