package inkstone.cli;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import inkstone.journal.BaselineMeasured;
import inkstone.journal.DecayStarted;
import inkstone.journal.Evaluated;
import inkstone.journal.Finished;
import inkstone.journal.Resumed;
import inkstone.journal.RunLog;
import inkstone.journal.Sampled;
import inkstone.journal.Step;
import inkstone.train.Speedrun;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The main job from end to end: half a minute of it, interrupted once. */
class SpeedrunCommandTest {

  private static final int STEPS_BEFORE_STOP = 3;

  @TempDir Path folder;

  private Path corpus() throws IOException {
    var random = new SplittableRandom(3);
    var words = List.of("ink", "stone", "brush", "paper", "water", "grinds", "the", "a", "black");
    var text = new StringBuilder();
    while (text.length() < 200_000) {
      text.append(words.get(random.nextInt(words.size())));
      text.append(random.nextInt(8) == 0 ? ".\n" : " ");
    }
    return Files.writeString(folder.resolve("text.txt"), text);
  }

  @Test
  void aRunThatWasStoppedIsResumedAndEndsWithAModelAndItsReport() throws IOException {
    var out = folder.resolve("run");
    var asked = new AtomicInteger();
    var stopped =
        new Speedrun(
                List.of(corpus().toString()),
                0.5,
                1,
                Instant.now(),
                "test",
                () -> asked.incrementAndGet() == STEPS_BEFORE_STOP,
                List.of())
            .run(out);
    assertEquals("interrupted", stopped.last(Finished.class).reason());
    var before = stopped.all(Step.class);
    assertEquals(STEPS_BEFORE_STOP, before.getLast().step());

    assertEquals(0, run("speedrun", "--out", out.toString(), "--resume"));
    var log = RunLog.read(out);
    assertEquals("done", log.last(Finished.class).reason());
    assertEquals(STEPS_BEFORE_STOP, log.last(Resumed.class).step());
    assertEquals(before, log.all(Step.class).subList(0, before.size()));
    var last = log.last(Step.class);
    assertTrue(last.step() > STEPS_BEFORE_STOP, last.toString());
    long decay = log.last(DecayStarted.class).step();
    assertEquals(0.8, (decay - 1.0) / last.step(), 1.0 / last.step());
    // Words drawn at random: nothing can predict them in less than half a bit for each byte.
    var quality = log.last(Evaluated.class);
    assertTrue(quality.loss() < before.getFirst().loss(), quality.toString());
    assertTrue(quality.bitsPerByte() > 0.5, quality.toString());
    assertEquals(2, log.all(BaselineMeasured.class).size());
    assertTrue(
        log.all(Sampled.class).stream().filter(s -> s.step() == last.step()).count() >= 3,
        "samples of the model that was saved");
    assertTrue(Files.readString(out.resolve("report.html")).contains("<html"));
    for (var file : List.of("model.safetensors", "config.json", "tokenizer.json")) {
      assertTrue(Files.exists(out.resolve("model").resolve(file)), file);
    }
    assertEquals(2, run("speedrun", "--out", out.toString()), "a second run into the folder");
  }

  @Test
  void whatCannotBeLeavesNoRun() throws IOException {
    var few = Files.writeString(folder.resolve("few.txt"), "ink\n".repeat(20));
    var out = folder.resolve("few");
    assertEquals(
        2, run("speedrun", "--minutes", "0.1", "--corpus", few.toString(), "--out", out + ""));
    assertEquals(2, run("speedrun", "--corpus", folder.resolve("none") + "", "--out", out + ""));
    assertEquals(2, run("speedrun", "--resume", "--out", out + ""));
    assertFalse(Files.exists(out.resolve("recipe.yaml")));
  }

  private static int run(String... words) {
    var before = System.err;
    System.setErr(new PrintStream(new ByteArrayOutputStream(), true, UTF_8));
    try {
      return Main.run(words);
    } finally {
      System.setErr(before);
    }
  }
}
