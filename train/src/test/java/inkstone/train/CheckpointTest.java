package inkstone.train;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import inkstone.journal.RunLog;
import inkstone.journal.Step;
import inkstone.model.Decoder;
import inkstone.model.DecoderConfig;
import inkstone.tensor.Gradients;
import inkstone.tensor.Safetensors;
import inkstone.tensor.Scope;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class CheckpointTest {

  private static final DecoderConfig CONFIG = DecoderConfig.llama(30, 8, 16, 1, 2);

  @TempDir Path run;

  private final Decoder decoder = Decoder.random(CONFIG, 1);
  private final AdamW optimizer = new AdamW(decoder.parameters(), Recipe.DEFAULTS.optimizer());

  @AfterEach
  void close() {
    optimizer.close();
    decoder.close();
  }

  private static Progress progress(long step) {
    return new Progress(step, 10 * step, 3, 1.5, 2.25, 4, 7);
  }

  private Path save(long step) {
    return Checkpoint.save(run, progress(step), decoder.parameters(), optimizer);
  }

  private List<String> kept() throws IOException {
    try (var all = Files.list(run.resolve("checkpoints"))) {
      return all.map(p -> p.getFileName().toString()).sorted().toList();
    }
  }

  private float[] weights() {
    return decoder.parameters().firstEntry().getValue().toFloats();
  }

  @Test
  void theLastTwoAreKeptByNumber() throws IOException {
    assertEquals(Optional.empty(), Checkpoint.last(run));
    for (long step : new long[] {8, 9, 10, 100}) {
      assertEquals(Optional.of(save(step)), Checkpoint.last(run));
    }
    assertEquals(List.of("step-10", "step-100"), kept());
    assertEquals(Optional.of(run.resolve("checkpoints/step-100")), Checkpoint.last(run));
  }

  @Test
  void allComesBack() {
    var before = weights();
    try (var scope = Scope.open();
        var off = Gradients.off()) {
      optimizer.state().values().forEach(m -> m.mulInPlace(0).detach());
      var saved = save(5);
      decoder.parameters().values().forEach(w -> w.mulInPlace(3));
      optimizer.step(0.1);
      assertEquals(progress(5), Checkpoint.load(saved, decoder.parameters(), optimizer));
    }
    assertArrayEquals(before, weights());
    assertEquals(5, optimizer.steps());
  }

  @Test
  void whatIsHalfWrittenIsIgnoredAndReplaced() throws IOException {
    var partial = Files.createDirectories(run.resolve("checkpoints/step-9.partial"));
    Files.writeString(partial.resolve("weights.safetensors"), "cut");
    Files.writeString(partial.resolve("left"), "over");
    Files.createDirectories(run.resolve("checkpoints/step-x"));
    assertEquals(Optional.empty(), Checkpoint.last(run));
    var saved = save(9);
    assertEquals(List.of("step-9", "step-x"), kept());
    assertFalse(Files.exists(saved.resolve("left")));
    assertEquals(progress(9), Checkpoint.load(saved, decoder.parameters(), optimizer));
  }

  @Test
  void theSameStepIsReplaced() throws IOException {
    save(1);
    save(2);
    Files.writeString(run.resolve("checkpoints/step-2/more"), "");
    save(2);
    assertEquals(List.of("step-1", "step-2"), kept());
    assertFalse(Files.exists(run.resolve("checkpoints/step-2/more")));
  }

  @ParameterizedTest
  @CsvSource({
    "progress.json, 20",
    "progress.json, 0",
    "progress.json, -1",
    "weights.safetensors, 500",
    "weights.safetensors, 3",
    "weights.safetensors, -1",
    "optimizer.safetensors, 100",
    "optimizer.safetensors, -1",
  })
  void aDamagedOneIsNamedWithTheRemedy(String file, int left) throws IOException {
    var saved = save(3);
    var damaged = saved.resolve(file);
    if (left < 0) {
      Files.delete(damaged);
    } else {
      Files.write(damaged, java.util.Arrays.copyOf(Files.readAllBytes(damaged), left));
    }
    var message =
        String.valueOf(
            assertThrows(
                    TrainingException.class,
                    () -> Checkpoint.load(saved, decoder.parameters(), optimizer))
                .getMessage());
    assertTrue(message.startsWith(saved + " is damaged: "), message);
    assertTrue(message.endsWith("; remove that folder and resume from the one before"), message);
    assertEquals(1, message.lines().count(), message);
  }

  @Test
  void aMissingWeightIsNamed() {
    var saved = save(3);
    Safetensors.write(saved.resolve("weights.safetensors"), Map.of(), Map.of());
    var e =
        assertThrows(
            TrainingException.class,
            () -> Checkpoint.load(saved, decoder.parameters(), optimizer));
    assertEquals(saved + " lacks the weight 'model.embed_tokens.weight'", e.getMessage());
  }

  /** An interrupted thread cannot write to a file: a disk that fails, for a moment. */
  @Test
  void aFailingWriteLeavesTheEarlierOnes() throws IOException {
    save(1);
    var second = save(2);
    Thread.currentThread().interrupt();
    var e = assertThrows(TrainingException.class, () -> save(3));
    assertTrue(Thread.interrupted());
    var message = String.valueOf(e.getMessage());
    assertTrue(message.startsWith("checkpoint " + run.resolve("checkpoints/step-3")), message);
    assertTrue(
        message.endsWith("; the one before is whole: make room and go on with --resume"), message);
    assertEquals(List.of("step-1", "step-2"), kept());
    assertEquals(progress(2), Checkpoint.load(second, decoder.parameters(), optimizer));
  }

  @Test
  void aRunWhoseCheckpointFailsGoesOnWhenThereIsRoom() throws IOException {
    var recipe = TinyRun.recipe(TinyRun.corpus(run), "training.steps=4");
    var whole = TinyRun.run(recipe, run.resolve("whole"), TinyRun::never);
    var out = run.resolve("full");
    Files.createDirectories(out);
    Files.writeString(out.resolve("checkpoints"), "in the way");
    var e = assertThrows(TrainingException.class, () -> TinyRun.run(recipe, out, TinyRun.after(2)));
    assertTrue(String.valueOf(e.getMessage()).contains("step-2 cannot be written"), e.getMessage());
    assertEquals(2, RunLog.read(out).last(Step.class).step());
    Files.delete(out.resolve("checkpoints"));
    var log = TinyRun.resume(out, TinyRun::never);
    assertEquals(TinyRun.numbers(whole), TinyRun.numbers(log));
    assertTrue(Files.exists(Objects.requireNonNull(out.resolve("model/model.safetensors"))));
  }
}
