package inkstone.train;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import inkstone.data.CorpusException;
import inkstone.evaluate.HeldOutLoss;
import inkstone.generate.GenerationRequest;
import inkstone.generate.LanguageModel;
import inkstone.journal.Calibrated;
import inkstone.journal.CorpusRead;
import inkstone.journal.DecayStarted;
import inkstone.journal.Evaluated;
import inkstone.journal.Event;
import inkstone.journal.Finished;
import inkstone.journal.InputSkipped;
import inkstone.journal.Journal;
import inkstone.journal.JournalException;
import inkstone.journal.NetworkBuilt;
import inkstone.journal.Planned;
import inkstone.journal.RecipeFrozen;
import inkstone.journal.Recorded;
import inkstone.journal.RunLog;
import inkstone.journal.RunStarted;
import inkstone.journal.Sampled;
import inkstone.journal.Step;
import inkstone.journal.TokenizerLearned;
import inkstone.model.ModelDirectory;
import inkstone.model.ModelException;
import inkstone.text.TokenizerException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.OptionalLong;
import java.util.Set;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PretrainingTest {

  @TempDir Path folder;

  /** Whole runs: one by the clock, stopped and resumed, and its replay from what it left. */
  @Test
  void aRunByTheClockIsReplayedFromItsFolder() throws IOException {
    var recipe =
        TinyRun.recipe(
            TinyRun.corpus(folder),
            "tokenizer={kind: bpe, vocabulary: 280}",
            "training={steps: 3000, seconds: 0.5, compute: auto, evaluate_every: 0, sample_every:"
                + " 0}",
            "schedule.decay=0.2");
    var out = folder.resolve("first");
    var told = new ArrayList<Recorded>();
    var stopped =
        Pretraining.of(recipe).told("typed", TinyRun.after(2), List.of(told::add)).run(out);
    assertEquals("interrupted", stopped.last(Finished.class).reason());
    assertEquals(told.size(), stopped.events().size());
    assertEquals("typed", stopped.last(RunStarted.class).command());
    var frozen = Recipe.read(out.resolve("recipe.yaml"));
    assertEquals(RecipeFile.write(frozen), stopped.last(RecipeFrozen.class).recipe());
    assertEquals(stopped.last(Calibrated.class).compute(), frozen.training().compute().name());
    assertEquals(Set.of("fp32", "bf16"), stopped.last(Calibrated.class).rates().keySet());
    assertEquals(recipe.computing(frozen.training().compute()), frozen);
    assertTrue(stopped.last(TokenizerLearned.class).vocabulary() <= 280);
    assertEquals(
        stopped.last(NetworkBuilt.class).parameters(), stopped.last(Planned.class).parameters());
    assertEquals("tail", stopped.last(CorpusRead.class).split());

    var log = Pretraining.of(Recipe.DEFAULTS).resuming().run(out);
    assertEquals("done", log.last(Finished.class).reason());
    long decay = log.last(DecayStarted.class).step();
    assertEquals(
        decay - 1 + Math.max(1, Math.round((decay - 1) / 4.0)), log.last(Step.class).step());
    assertEquals(stopped.last(Planned.class), log.last(Planned.class));
    assertTrue(log.last(Evaluated.class).bitsPerByte() > 0);
    assertEquals(3, log.all(Sampled.class).stream().filter(s -> s.step() >= decay).count());

    var again = Pretraining.by(out.resolve("recipe.yaml"), List.of()).run(folder.resolve("second"));
    assertEquals(TinyRun.numbers(log), TinyRun.numbers(again));
    assertEquals(log.last(Evaluated.class).loss(), again.last(Evaluated.class).loss());
    assertEquals(
        -1,
        Files.mismatch(
            out.resolve("model/model.safetensors"),
            folder.resolve("second/model/model.safetensors")));
    try (var model = LanguageModel.open(out.resolve("model"));
        var pieces = model.generate(GenerationRequest.of("ink").maxTokens(4).seed(1))) {
      pieces.forEach(piece -> {});
      assertTrue(pieces.completion().text().length() > 0);
    }
  }

  /** Random letters cannot be foretold: what is learned beyond their counts makes it worse. */
  @Test
  void anEarlyStopGoesBackToTheBestWeights() throws IOException {
    var random = new SplittableRandom(3);
    var text = new StringBuilder();
    for (int i = 0; i < 1500; i++) {
      text.append(i % 30 == 29 ? '\n' : (char) ('a' + random.nextInt(26)));
    }
    var corpus = Files.writeString(folder.resolve("noise.txt"), text);
    var recipe =
        TinyRun.recipe(
            corpus,
            "model={width: 32, dropout: 0}",
            "optimizer.learning_rate=0.02",
            "schedule.kind=constant",
            "training={steps: 2000, batch: 8, accumulate: 1, evaluate_every: 10, patience: 2}");
    var out = folder.resolve("run");
    var log = TinyRun.run(recipe, out, TinyRun::never);
    assertEquals("early stop", log.last(Finished.class).reason());
    var evaluated = log.all(Evaluated.class);
    var during = evaluated.subList(0, evaluated.size() - 1);
    var best = during.get(during.size() - 3);
    assertTrue(during.stream().allMatch(e -> e.loss() >= best.loss()));
    assertTrue(during.getLast().loss() > best.loss() + 1e-4);
    assertEquals(log.last(Step.class).step(), during.getLast().step());
    var split = Material.split(recipe, Material.corpus(recipe), event -> {});
    try (var material = Material.prepare(recipe, split, out, event -> {});
        var decoder = ModelDirectory.open(out.resolve("model"))) {
      var ids = material.heldOutIds();
      var some = Arrays.copyOf(ids, Math.min(ids.length, 101));
      assertEquals(best.loss(), HeldOutLoss.of(decoder, some, 16).perToken(), 1e-6);
      assertEquals(evaluated.getLast().loss(), HeldOutLoss.of(decoder, ids, 8).perToken(), 1e-6);
    }
  }

  @Test
  void aSecondRunInTheFolderIsRefusedAndNothingIsLost() throws IOException {
    var recipe = TinyRun.recipe(TinyRun.corpus(folder), "training.steps=1");
    var out = folder.resolve("run");
    TinyRun.run(recipe, out, TinyRun::never);
    var journal = Files.readAllBytes(out.resolve(Journal.FILE));
    var e = assertThrows(TrainingException.class, () -> Pretraining.of(recipe).run(out));
    assertEquals(
        out
            + " holds a run already: go on with it by --resume, or choose another folder with"
            + " --out",
        e.getMessage());
    e = assertThrows(TrainingException.class, () -> Speedrun.of(List.of(), 1, 1).run(out));
    assertTrue(String.valueOf(e.getMessage()).contains("holds a run already"), e.getMessage());
    assertEquals(-1, Arrays.mismatch(journal, Files.readAllBytes(out.resolve(Journal.FILE))));
  }

  @Test
  void resumingWithoutARunIsRefused() {
    var out = folder.resolve("none");
    var e =
        assertThrows(
            TrainingException.class, () -> Pretraining.of(Recipe.DEFAULTS).resuming().run(out));
    assertEquals(
        out + " holds no run to resume (no recipe.yaml); leave out --resume to begin one",
        e.getMessage());
    assertFalse(Files.exists(out));
    assertThrows(TrainingException.class, () -> Speedrun.of(List.of(), 1, 1).resume(out));
  }

  @Test
  void aCorpusThatIsMissingOrEmptyIsToldAndTheNextTryBegins() throws IOException {
    var out = folder.resolve("run");
    var missing = folder.resolve("none.txt");
    var e = refused(TinyRun.recipe(missing), out);
    assertTrue(e.startsWith(missing + ": there is no such file or folder"), e);
    var empty = Files.createDirectories(folder.resolve("empty"));
    assertTrue(
        refused(TinyRun.recipe(empty), out).startsWith("no text in [" + empty + "]"), "empty");
    Files.writeString(empty.resolve("a.txt"), "");
    assertTrue(refused(TinyRun.recipe(empty), out).contains("text"), "no byte");
    Files.writeString(empty.resolve("a.txt"), "too short");
    assertTrue(refused(TinyRun.recipe(empty), out).contains("too few to hold some"), "9 bytes");
    assertEquals(4, RunLog.read(out).all(RunStarted.class).size());
    var log =
        TinyRun.run(
            TinyRun.recipe(TinyRun.corpus(folder), "training.steps=1"), out, TinyRun::never);
    assertEquals("done", log.last(Finished.class).reason());
  }

  private static String refused(Recipe recipe, Path out) {
    return String.valueOf(
        assertThrows(CorpusException.class, () -> Pretraining.of(recipe).run(out)).getMessage());
  }

  @Test
  void aTokenizerOfAnAttemptWithOtherSettingsIsNotTaken() throws IOException {
    var corpus = TinyRun.corpus(folder);
    var out = folder.resolve("run");
    var first = TinyRun.recipe(corpus);
    var split = Material.split(first, Material.corpus(first), event -> {});
    try (var material = Material.prepare(first, split, out, event -> {})) {
      assertEquals(257, material.tokenizer().vocabularySize());
    }
    var second = TinyRun.recipe(corpus, "tokenizer={kind: bpe, vocabulary: 270}");
    try (var material = Material.prepare(second, split, out, event -> {})) {
      assertEquals(270, material.tokenizer().vocabularySize());
    }
    Atomic.write(out.resolve("recipe.yaml"), RecipeFile.write(second));
    var events = new ArrayList<Event>();
    try (var material = Material.prepare(first, split, out, events::add)) {
      assertEquals(270, material.tokenizer().vocabularySize());
    }
    assertEquals(List.of(), events);
  }

  @Test
  void unusableFilesAreToldAndSkipped() throws IOException {
    var corpus = Files.createDirectories(folder.resolve("corpus"));
    TinyRun.corpus(corpus);
    Files.write(corpus.resolve("bad.txt"), new byte[] {'a', (byte) 0xFF, 'b'});
    Files.writeString(corpus.resolve("picture.png"), "no text");
    var recipe = TinyRun.recipe(corpus);
    var events = new ArrayList<Event>();
    var split = Material.split(recipe, Material.corpus(recipe), events::add);
    var skipped =
        events.stream().filter(InputSkipped.class::isInstance).map(Object::toString).toList();
    assertEquals(2, skipped.size(), skipped.toString());
    assertTrue(skipped.toString().contains("bad.txt"), skipped.toString());
    assertTrue(skipped.toString().contains("picture.png"), skipped.toString());
    assertEquals(1, split.survey().documents());
  }

  /** A machine that becomes slow in the decay: the steps left would take many times the time. */
  @Test
  void aRunByTheClockEndsThoughItsDecayIsNotDone() throws IOException {
    var recipe =
        TinyRun.recipe(
            TinyRun.corpus(folder),
            "training={steps: 1000000, seconds: 2, batch: 2, compute: fp32, evaluate_every: 0}");
    var out = folder.resolve("slow");
    long start = System.nanoTime();
    var log =
        TinyRun.run(
            recipe,
            out,
            () -> {
              if (RunFolder.decayStart(out).isPresent()) {
                java.util.concurrent.locks.LockSupport.parkNanos(2_000_000_000L);
              }
              return false;
            });
    assertEquals("out of time", log.last(Finished.class).reason());
    long last = log.last(Step.class).step();
    assertTrue(last < 1.25 * log.last(DecayStarted.class).step(), "the decay was cut");
    assertTrue((System.nanoTime() - start) / 1e9 < 60, "the clock was kept");
    assertTrue(Files.exists(out.resolve("model/model.safetensors")));
    assertEquals(log.last(Finished.class).step(), log.last(Evaluated.class).step());
  }

  @Test
  void sizesThatCannotBeAreTold() throws IOException {
    var corpus = TinyRun.corpus(folder);
    var e =
        assertThrows(
            CorpusException.class,
            () ->
                TinyRun.run(
                    TinyRun.recipe(corpus, "model.context=9000"),
                    folder.resolve("long"),
                    TinyRun::never));
    assertTrue(
        String.valueOf(e.getMessage()).contains("a row of context 9000 needs 9001"),
        e.getMessage());
    // Told before the recipe is frozen, so that the folder can be used again.
    var out = folder.resolve("long too");
    assertThrows(
        CorpusException.class,
        () -> Pretraining.of(TinyRun.recipe(corpus, "model.context=9000")).run(out));
    assertFalse(RunFolder.isRun(out));
    // Recipes that Java code makes pass by the rules of the file.
    var recipe = TinyRun.recipe(corpus, "tokenizer.kind=bpe").vocabulary(200);
    assertThrows(
        TokenizerException.class, () -> TinyRun.run(recipe, folder.resolve("few"), TinyRun::never));
    var m = recipe.model();
    var uneven =
        TinyRun.recipe(corpus).with(new Recipe.Model(m.family(), 1, 3, 0, 16, 0, 16, true, 0));
    assertThrows(
        ModelException.class, () -> TinyRun.run(uneven, folder.resolve("uneven"), TinyRun::never));
  }

  @Test
  void aLossThatIsNoNumberEndsTheRun() throws IOException {
    var recipe =
        TinyRun.recipe(
            TinyRun.corpus(folder), "optimizer={learning_rate: 1e30, clip: 0}", "model.dropout=0");
    var e =
        assertThrows(
            TrainingException.class,
            () -> TinyRun.run(recipe, folder.resolve("run"), TinyRun::never));
    var message = String.valueOf(e.getMessage());
    assertTrue(message.matches("step \\d+: the loss is (NaN|-?Infinity); a lower .*"), message);
  }

  @Test
  void aJournalInUseIsRefused() throws IOException {
    var recipe = TinyRun.recipe(TinyRun.corpus(folder));
    var out = Files.createDirectories(folder.resolve("run"));
    try (var journal = Journal.open(out)) {
      assertThrows(JournalException.class, () -> Pretraining.of(recipe).run(out));
    }
  }

  @Test
  void theDialOfASpeedrunHasBounds() {
    for (double minutes : new double[] {0.49, 1441, -1, Double.NaN}) {
      var e = assertThrows(TrainingException.class, () -> Speedrun.of(List.of(), minutes, 1));
      assertEquals("--minutes " + minutes + " is not in 0.5 to 1440", e.getMessage());
    }
    assertEquals(0.5, Speedrun.of(List.of(), 0.5, 1).minutes());
    assertEquals(1440, Speedrun.of(List.of(), 1440, 1).minutes());
  }

  @Test
  void aDecayOfTheCallersChoice() throws IOException {
    var recipe = TinyRun.recipe(TinyRun.corpus(folder), "training.evaluate_every=0");
    var log = TinyRun.run(recipe, folder.resolve("run"), OptionalLong.of(7), TinyRun::never);
    assertEquals(new DecayStarted(7), log.last(DecayStarted.class));
    assertEquals(8, log.last(Step.class).step());
  }
}
