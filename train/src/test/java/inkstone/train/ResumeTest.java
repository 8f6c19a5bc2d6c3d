package inkstone.train;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import inkstone.journal.CheckpointSaved;
import inkstone.journal.DecayStarted;
import inkstone.journal.Evaluated;
import inkstone.journal.Finished;
import inkstone.journal.Journal;
import inkstone.journal.Resumed;
import inkstone.journal.RunLog;
import inkstone.journal.Sampled;
import inkstone.journal.Step;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.OptionalLong;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A run that was stopped or killed ends in the same numbers as one that was not. */
class ResumeTest {

  private static final String WEIGHTS = "model/model.safetensors";

  @TempDir Path folder;

  @ParameterizedTest
  @ValueSource(strings = {"data.order=epoch", "data.order=random", "optimizer.kind=muon"})
  void aRunThatWasStoppedThreeTimesIsTheSame(String override) throws IOException {
    var recipe = TinyRun.recipe(TinyRun.corpus(folder), override);
    var whole = TinyRun.run(recipe, folder.resolve("whole"), TinyRun::never);
    var out = folder.resolve("parts");
    var first = TinyRun.run(recipe, out, TinyRun.after(1));
    assertEquals(new Finished(1, "interrupted", 0), timeless(first));
    assertFalse(Files.exists(out.resolve(WEIGHTS)));
    TinyRun.resume(out, TinyRun.after(6));
    TinyRun.resume(out, TinyRun.after(3));
    var log = TinyRun.resume(out, TinyRun::never);
    assertEquals(new Finished(12, "done", 0), timeless(log));
    assertSame(whole, folder.resolve("whole"), log, out);
    assertEquals(List.of(1L, 7L, 10L), log.all(Resumed.class).stream().map(Resumed::step).toList());
    assertEquals(
        List.of(1L, 7L, 10L, 12L),
        log.all(CheckpointSaved.class).stream().map(CheckpointSaved::step).toList());
    assertEquals(List.of(new DecayStarted(10)), log.all(DecayStarted.class));
  }

  @Test
  void ordersDiffer() throws IOException {
    var corpus = TinyRun.corpus(folder);
    var epoch = TinyRun.run(TinyRun.recipe(corpus), folder.resolve("e"), TinyRun.after(1));
    var random =
        TinyRun.run(
            TinyRun.recipe(corpus, "data.order=random"), folder.resolve("r"), TinyRun.after(1));
    assertFalse(TinyRun.numbers(epoch).equals(TinyRun.numbers(random)));
  }

  /** The folder is copied while the run goes on, as a kill would leave it. */
  @Test
  void aRunThatWasKilledBehindItsCheckpointIsTheSame() throws IOException {
    var recipe = TinyRun.recipe(TinyRun.corpus(folder));
    var whole = TinyRun.run(recipe, folder.resolve("whole"), TinyRun::never);
    var out = folder.resolve("run");
    TinyRun.run(recipe, out, TinyRun.after(4));
    var asked = new AtomicInteger();
    TinyRun.resume(
        out,
        () -> {
          int steps = asked.incrementAndGet();
          if (steps == 2 || steps == 7) {
            TinyRun.copy(out, folder.resolve("killed-" + (4 + steps)));
          }
          return false;
        });
    for (var killed : List.of(folder.resolve("killed-6"), folder.resolve("killed-11"))) {
      var journal = killed.resolve(Journal.FILE);
      var bytes = Files.readAllBytes(journal);
      Files.write(journal, java.util.Arrays.copyOf(bytes, bytes.length - 9));
      assertSame(whole, folder.resolve("whole"), TinyRun.resume(killed, TinyRun::never), killed);
    }
  }

  @Test
  void aRunThatWasKilledBeforeItsFirstCheckpointBeginsAgain() throws IOException {
    var recipe = TinyRun.recipe(TinyRun.corpus(folder));
    var out = folder.resolve("run");
    var killed = folder.resolve("killed");
    var asked = new AtomicInteger();
    var whole =
        TinyRun.run(
            recipe,
            out,
            () -> {
              if (asked.incrementAndGet() == 3) {
                TinyRun.copy(out, killed);
              }
              return false;
            });
    assertFalse(Files.exists(killed.resolve("checkpoints")));
    var log = TinyRun.resume(killed, TinyRun::never);
    assertEquals(new Resumed(0), log.last(Resumed.class));
    assertSame(whole, out, log, killed);
  }

  /** Steps whose fifth is not whole: worked out again, the decay would take a step more. */
  @Test
  void aRunThatIsResumedInItsDecayEndsWhereItWouldHave() throws IOException {
    var recipe =
        TinyRun.recipe(
            TinyRun.corpus(folder), "training.steps=7", "schedule.decay=0.2", "model.layers=2");
    var whole = TinyRun.run(recipe, folder.resolve("whole"), TinyRun::never);
    assertEquals(7, whole.last(Step.class).step());
    var out = folder.resolve("run");
    TinyRun.run(recipe, out, TinyRun.after(7));
    assertSame(whole, folder.resolve("whole"), TinyRun.resume(out, TinyRun::never), out);
  }

  @Test
  void resumingAFinishedRunChangesNothing() throws IOException {
    var recipe = TinyRun.recipe(TinyRun.corpus(folder), "training.steps=5");
    var out = folder.resolve("run");
    var whole = TinyRun.run(recipe, out, TinyRun::never);
    var before = TinyRun.copy(out, folder.resolve("copy"));
    var again = TinyRun.resume(out, TinyRun::never);
    assertEquals(TinyRun.numbers(whole), TinyRun.numbers(again));
    assertEquals(-1, Files.mismatch(before.resolve(WEIGHTS), out.resolve(WEIGHTS)));
  }

  @Test
  void aDecayThatAResumeCancelledIsRemembered() {
    assertEquals(OptionalLong.empty(), RunFolder.decayStart(folder));
    try (var journal = Journal.open(folder)) {
      journal.emit(new Sampled(3, "decay_started", "{\"type\":\"decay_started\",\"step\":5}"));
      assertEquals(OptionalLong.empty(), RunFolder.decayStart(folder));
      journal.emit(new DecayStarted(100));
      journal.emit(new Resumed(90));
      journal.emit(new Resumed(90));
    }
    assertTrue(RunLog.read(folder).find(DecayStarted.class).isEmpty());
    assertEquals(OptionalLong.of(100), RunFolder.decayStart(folder));
  }

  @Test
  void aCutLineTellsNoDecay() throws IOException {
    Files.writeString(
        folder.resolve(Journal.FILE),
        "{\"type\":\"decay_started\",\"time\":\"2026-01-01T00:00:00Z\",\"step\":7}\n"
            + "{\"type\":\"decay_started\",\"ti");
    assertEquals(OptionalLong.of(7), RunFolder.decayStart(folder));
  }

  private static Finished timeless(RunLog log) {
    var end = log.last(Finished.class);
    return new Finished(end.step(), end.reason(), 0);
  }

  private static void assertSame(RunLog whole, Path wholeRun, RunLog log, Path run)
      throws IOException {
    var numbers = TinyRun.numbers(log);
    assertEquals(
        LongStream.rangeClosed(1, numbers.size()).boxed().toList(),
        numbers.stream().map(TinyRun.Numbers::step).toList());
    assertEquals(TinyRun.numbers(whole), numbers);
    assertEquals(
        whole.all(Evaluated.class).stream().map(e -> List.of(e.step(), e.loss())).toList(),
        log.all(Evaluated.class).stream().map(e -> List.of(e.step(), e.loss())).toList());
    assertEquals(whole.all(Sampled.class), log.all(Sampled.class));
    assertEquals(-1, Files.mismatch(wholeRun.resolve(WEIGHTS), run.resolve(WEIGHTS)));
  }
}
