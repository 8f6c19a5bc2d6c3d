package inkstone.cli;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import inkstone.words.TestKind;
import inkstone.words.TestScore;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class WordsCommandTest {

  @TempDir Path folder;

  /** What a command left behind. */
  private record Outcome(int code, String out, String err) {}

  private static Outcome run(String... words) {
    var out = new ByteArrayOutputStream();
    var err = new ByteArrayOutputStream();
    var savedOut = System.out;
    var savedErr = System.err;
    try {
      System.setOut(new PrintStream(out, false, UTF_8));
      System.setErr(new PrintStream(err, false, UTF_8));
      int code = Main.run(words);
      return new Outcome(code, out.toString(UTF_8), err.toString(UTF_8));
    } finally {
      System.setOut(savedOut);
      System.setErr(savedErr);
    }
  }

  private Path vectors() throws IOException {
    return Files.writeString(
        folder.resolve("v.txt"),
        """
        6 2
        人 1 0
        智能 1 0.2
        man 0 1
        king 1 1
        woman 0.1 1
        queen 1.1 1.02
        """);
  }

  @Test
  void asksAndJudges() throws IOException {
    var vectors = vectors().toString();
    var similar = run("words", "similar", "--vectors", vectors, "--count", "1", "人");
    assertEquals(0, similar.code(), similar.err());
    assertEquals("0.9806  智能\n", similar.out());
    var analogy =
        run("words", "analogy", "--vectors", vectors, "--count", "1", "man", "king", "woman");
    assertTrue(analogy.out().endsWith("  queen\n"), analogy.out());

    var test =
        Files.writeString(folder.resolve("t.txt"), ": royal\nman king woman queen\na b c d\n");
    var judged = run("words", "evaluate", "--vectors", vectors, "--sections", test.toString());
    assertEquals(
        "t accuracy 100.00% covered 1 of 2 (50.0%)\n royal accuracy 100.00% covered 1 of 2 (50.0%)\n",
        judged.out().replaceAll(" +", " "));
    var json = run("words", "evaluate", "--vectors", vectors, "--json", test.toString());
    assertEquals(
        "{\"test\":\"t\",\"metric\":\"accuracy\",\"score\":1.0,\"covered\":1,\"questions\":2}\n",
        json.out());
  }

  @Test
  void learnsAndLeavesAReport() throws IOException {
    var text =
        Files.writeString(folder.resolve("text.txt"), "grind the ink and write\n".repeat(300));
    var out = folder.resolve("run");
    var outcome =
        run(
            "words",
            "train",
            "--set",
            "corpus=['" + text + "']",
            "--set",
            "model.dimensions=8",
            "--out",
            out.toString());
    assertEquals(0, outcome.code(), outcome.err());
    assertTrue(
        outcome.err().contains("skipgram, 5 negative samples: 5 words of 8 dimensions"),
        outcome.err());
    var report = Files.readString(out.resolve("report.html"));
    assertTrue(report.contains("skipgram, 5 negative samples"), "the plan is in the report");
    assertEquals(0, run("words", "similar", "--vectors", out.toString(), "ink").code());
    var again = run("words", "train", "--out", out.toString());
    assertEquals(2, again.code());
    assertTrue(again.err().contains("holds a run already"), again.err());
  }

  @Test
  void mistakesAreToldInOneLine() throws IOException {
    var unknown = run("words", "similar", "--vectors", vectors().toString(), "kin");
    assertEquals(2, unknown.code());
    assertEquals(
        "inkstone words similar: 'kin' has no vector here; did you mean 'king'?\n", unknown.err());
    assertEquals(2, run("words", "similar", "--vectors", "absent.bin", "a").code());
    assertEquals(
        2,
        run("words", "train", "--set", "model.knd=x", "--out", folder.resolve("x").toString())
            .code());
    assertEquals(2, run("words").code());
  }

  @Test
  void aScoreOnNothingIsNoNumber() {
    var nothing = new TestScore("a\"b", TestKind.SIMILARITY, Double.NaN, 0, 3, List.of());
    assertTrue(WordScores.line(nothing).contains("spearman -  covered 0 of 3"));
    assertEquals(
        "{\"test\":\"a\\\"b\",\"metric\":\"spearman\",\"score\":null,\"covered\":0,\"questions\":3}",
        WordScores.json(nothing));
  }
}
