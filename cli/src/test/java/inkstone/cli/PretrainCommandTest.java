package inkstone.cli;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import inkstone.journal.Finished;
import inkstone.journal.RunLog;
import inkstone.journal.RunStarted;
import inkstone.journal.Step;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PretrainCommandTest {

  @TempDir Path folder;

  /** The exit code and what went to standard error. */
  private record Outcome(int code, String told) {}

  private static Outcome run(String... words) {
    var err = new ByteArrayOutputStream();
    var before = System.err;
    System.setErr(new PrintStream(err, true, UTF_8));
    try {
      return new Outcome(Main.run(words), err.toString(UTF_8));
    } finally {
      System.setErr(before);
    }
  }

  @Test
  void fromATextToAModelAndItsReport() throws IOException {
    var text =
        Files.writeString(folder.resolve("text.txt"), "grind the ink on the stone.\n".repeat(90));
    var recipe =
        Files.writeString(
            folder.resolve("r.yaml"),
            """
            tokenizer: {kind: bytes}
            model: {layers: 1, heads: 2, width: 16, context: 16}
            training: {steps: 6, batch: 2, compute: fp32}
            """);
    var out = folder.resolve("a run");
    var words =
        new String[] {
          "pretrain",
          "--recipe",
          recipe.toString(),
          "--set",
          "corpus=['" + text + "']",
          "--set",
          "training.steps=4",
          "--out",
          out.toString()
        };
    var outcome = run(words);
    assertEquals(0, outcome.code(), outcome.told());
    assertTrue(
        outcome
            .told()
            .contains("  ./inkstone generate --model '" + out.resolve("model") + "' --prompt"),
        outcome.told());
    var log = RunLog.read(out);
    assertEquals("done", log.last(Finished.class).reason());
    assertEquals(4, log.last(Step.class).step());
    assertEquals(
        "inkstone pretrain --recipe %s --set 'corpus=['\\''%s'\\'']' --set training.steps=4 --out '%s'"
            .formatted(recipe, text, out),
        log.last(RunStarted.class).command());
    assertTrue(Files.readString(out.resolve("report.html")).contains("<html"));
    try (var boards = Files.list(out.resolve("tensorboard"))) {
      assertEquals(1, boards.count());
    }
    for (var file : new String[] {"recipe.yaml", "model/tokenizer.json", "model/config.json"}) {
      assertTrue(Files.exists(out.resolve(file)), file);
    }

    var again = run(words);
    assertEquals(
        new Outcome(
            2,
            "inkstone pretrain: %s holds a run already: go on with it by --resume, or choose another folder with --out%n"
                .formatted(out)),
        again);

    Files.delete(out.resolve("report.html"));
    assertEquals(0, run("report", out.toString()).code());
    assertTrue(Files.exists(out.resolve("report.html")));
  }
}
