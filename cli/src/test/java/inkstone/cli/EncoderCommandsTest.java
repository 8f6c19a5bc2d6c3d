package inkstone.cli;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class EncoderCommandsTest {

  @TempDir Path folder = Path.of("");

  private record Outcome(int code, String out, String err) {}

  private static Outcome run(String... words) {
    var out = new ByteArrayOutputStream();
    var err = new ByteArrayOutputStream();
    var outBefore = System.out;
    var errBefore = System.err;
    System.setOut(new PrintStream(out, true, UTF_8));
    System.setErr(new PrintStream(err, true, UTF_8));
    try {
      return new Outcome(Main.run(words), out.toString(UTF_8), err.toString(UTF_8));
    } finally {
      System.setOut(outBefore);
      System.setErr(errBefore);
    }
  }

  private Path reviews() throws IOException {
    var text = new StringBuilder("label\ttext\n");
    for (int i = 0; i < 60; i++) {
      text.append("不好\t房 间 太 脏 ").append(i).append("\n好\t房 间 干 净 ").append(i).append('\n');
    }
    return Files.writeString(folder.resolve("reviews.tsv"), text);
  }

  @Test
  void teachesClassifiesAndEmbeds() throws IOException {
    var out = folder.resolve("run").toString();
    var taught =
        run(
            "finetune",
            "--task",
            "classification",
            "--train",
            reviews().toString(),
            "--out",
            out,
            "--set",
            "model={layers: 1, heads: 2, width: 16, vocabulary: 40}",
            "--set",
            "optimizer.learning_rate=0.01",
            "--set",
            "schedule.warmup_steps=2",
            "--set",
            "training={steps: 200, batch: 8}");
    assertEquals(0, taught.code(), taught.err());
    var model = folder.resolve("run/model").toString();
    assertTrue(taught.err().contains("./inkstone classify --model " + model), taught.err());
    var report = Files.readString(folder.resolve("run/report.html"));
    assertTrue(report.contains("\"confusions\":[{") && report.contains("\"judged_baselines\":[{"));

    var told = run("classify", "--model", model, "房 间 太 脏", "干净");
    assertEquals(0, told.code(), told.err());
    var lines = told.out().lines().toList();
    assertEquals(2, lines.size());
    assertTrue(lines.get(0).matches("不好\t[01]\\.\\d{4}\t房 间 太 脏"), told.out());
    assertTrue(lines.get(1).startsWith("好\t"), told.out());

    var before = System.in;
    System.setIn(new ByteArrayInputStream("脏\n\n净\n".getBytes(UTF_8)));
    try {
      var json = run("classify", "--json", "--model", model).out().lines().toList();
      assertEquals(2, json.size());
      assertTrue(
          json.getFirst().startsWith("{\"text\":\"脏\",\"label\":\"不好\",\"probabilities\":{"));
    } finally {
      System.setIn(before);
    }

    var rows = run("embed", "--model", model, "--pooling", "cls", "房间");
    assertEquals(0, rows.code(), rows.err());
    assertEquals(16, rows.out().split("\\[")[1].split(",").length);
    var alike = run("embed", "--similar", "--model", model, "房间", "房间");
    assertEquals("1.0000\t房间\n1.0000\t房间\n", alike.out().replace("\r", ""));
  }

  @Test
  void mistakesEndWithAMessage() throws IOException {
    assertMistake("give examples by --train FILE", "finetune", "--out", folder.toString());
    assertMistake(
        "there is no such file", "finetune", "--train", "none.csv", "--out", folder.toString());
    assertMistake(
        "task must be one of masked_language, classification",
        "finetune",
        "--train",
        reviews().toString(),
        "--task",
        "poetry",
        "--out",
        folder.resolve("x").toString());
    assertMistake("tokenizer", "embed", "--model", folder.toString(), "x");
    assertMistake("tokenizer", "classify", "--model", folder.toString(), "x");
    assertMistake("no run to resume", "finetune", "--resume", "--out", folder.toString());
  }

  private static void assertMistake(String words, String... line) {
    var outcome = run(line);
    assertEquals(2, outcome.code(), outcome.err());
    assertTrue(outcome.err().contains(words), outcome.err());
    assertTrue(!outcome.err().contains("\tat "), outcome.err());
  }
}
