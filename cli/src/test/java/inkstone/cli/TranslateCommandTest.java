package inkstone.cli;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import inkstone.journal.Finished;
import inkstone.journal.RunLog;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TranslateCommandTest {

  @TempDir Path folder;

  /** The exit code, and what went to both outputs. */
  private record Outcome(int code, String out, String err) {}

  private static Outcome run(String input, String... words) {
    var out = new ByteArrayOutputStream();
    var err = new ByteArrayOutputStream();
    var in = System.in;
    var outBefore = System.out;
    var errBefore = System.err;
    System.setIn(new ByteArrayInputStream(input.getBytes(UTF_8)));
    System.setOut(new PrintStream(out, true, UTF_8));
    System.setErr(new PrintStream(err, true, UTF_8));
    try {
      return new Outcome(Main.run(words), out.toString(UTF_8), err.toString(UTF_8));
    } finally {
      System.setIn(in);
      System.setOut(outBefore);
      System.setErr(errBefore);
    }
  }

  /** From pairs to a model by one verb, and from sentences to translations by the other. */
  @Test
  void trainsAndTranslates() throws IOException {
    var pairs =
        Files.writeString(
            folder.resolve("pairs.tsv"), "a dog.\t一只狗。\na cat.\t一只猫。\nnone.\t没有。\n".repeat(20));
    var recipe =
        Files.writeString(
            folder.resolve("r.yaml"),
            """
            task: translation
            data: {source: '%s', held_out_source: '%s'}
            text: {source: en, target: zh, moses: false, vocabulary: 270}
            model: {layers: 1, heads: 2, width: 32, hidden: 32, positions: 32}
            training: {steps: 3, batch_tokens: 100, average: 1}
            """
                .formatted(pairs, pairs));
    var out = folder.resolve("run");
    var trained = run("", "pretrain", "--recipe", recipe.toString(), "--out", out.toString());
    assertEquals(0, trained.code, trained.err);
    assertTrue(trained.err.contains("./inkstone translate --model "), trained.err);
    assertEquals("done", RunLog.read(out).last(Finished.class).reason());
    var model = out.resolve("model").toString();

    var typed = run("a dog.\n\nnone.\n", "translate", "--model", model, "--beams", "2");
    assertEquals(0, typed.code, typed.err);
    var lines = typed.out.split("\n", -1);
    assertEquals(4, lines.length, typed.out);
    assertEquals("", lines[1]);
    assertTrue(typed.err.contains("3 sentences in "), typed.err);

    var source = Files.writeString(folder.resolve("s.en"), "a dog.\nnone.\n");
    var reference = Files.writeString(folder.resolve("s.zh"), "一只狗。\n没有。\n");
    var scored =
        run(
            "",
            "translate",
            "--model",
            model,
            source.toString(),
            "--reference",
            reference.toString());
    assertEquals(0, scored.code, scored.err);
    assertTrue(scored.err.contains("|tok:zh|smooth:exp|"), scored.err);
    Files.writeString(reference, "一只狗。\n");
    var uneven =
        run(
            "",
            "translate",
            "--model",
            model,
            source.toString(),
            "--reference",
            reference.toString());
    assertEquals(2, uneven.code);
    assertTrue(uneven.err.contains("--reference has 1"), uneven.err);
    var missing = run("", "translate", "--model", folder.resolve("none").toString());
    assertEquals(2, missing.code);
    assertEquals(1, missing.err.strip().lines().count(), missing.err);
  }
}
