package inkstone.cli;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class MainTest {

  private static final PrintStream OUT = System.out;
  private static final PrintStream ERR = System.err;

  private final ByteArrayOutputStream out = new ByteArrayOutputStream();
  private final ByteArrayOutputStream err = new ByteArrayOutputStream();

  @TempDir Path folder;

  @BeforeEach
  void listen() {
    System.setOut(new PrintStream(out, true, UTF_8));
    System.setErr(new PrintStream(err, true, UTF_8));
  }

  @AfterEach
  void restore() {
    System.setOut(OUT);
    System.setErr(ERR);
  }

  private String told() {
    return err.toString(UTF_8);
  }

  private void mistake(String expected, String... words) {
    err.reset();
    assertEquals(2, Main.run(words), told());
    assertEquals(expected, told().strip());
    assertEquals("", out.toString(UTF_8));
  }

  @Test
  void versionAndHelpGoToStandardOutput() {
    assertEquals(0, Main.run("--version"));
    assertEquals("inkstone 0.1.0", out.toString(UTF_8).strip());
    out.reset();
    assertEquals(0, Main.run("--help"));
    for (var verb :
        new String[] {"speedrun", "pretrain", "generate", "pull", "tokenizer", "report", "bench"}) {
      assertTrue(out.toString(UTF_8).contains("\n  " + verb + " "), verb);
    }
    assertFalse(out.toString(UTF_8).contains("warm-up"));
    assertEquals("", told());
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"speedrun", "pretrain", "generate", "pull", "tokenizer", "report", "bench"})
  void everyVerbHasHelp(String verb) {
    assertEquals(0, Main.run(verb, "--help"));
    assertTrue(out.toString(UTF_8).startsWith("Usage: inkstone " + verb), out.toString(UTF_8));
  }

  @Test
  void wordsThatAreNotUnderstoodAreNamed() {
    assertEquals(2, Main.run("speedrum"));
    assertTrue(told().contains("'speedrum'"), told());
    assertTrue(told().contains("speedrun"), told());
    err.reset();
    assertEquals(2, Main.run());
    assertTrue(told().startsWith("Missing required subcommand"), told());
    err.reset();
    assertEquals(2, Main.run("speedrun", "--minuts", "3"));
    assertTrue(told().contains("--minuts"), told());
    err.reset();
    assertEquals(2, Main.run("pretrain", "--recipe", "x.yaml"));
    assertTrue(told().startsWith("Missing required option: '--out=DIR'"), told());
    err.reset();
    assertEquals(2, Main.run("pretrain", "--out", folder.resolve("run").toString()));
    assertTrue(told().startsWith("give a recipe by --recipe FILE (see recipes/)"), told());
    assertFalse(told().contains("\tat "), told());
  }

  @Test
  void mistakesAreOneLine() throws IOException {
    var run = folder.resolve("run").toString();
    var none = folder.resolve("none").toString();
    mistake(
        "inkstone speedrun: --minutes 0.1 is not in 0.5 to 1440",
        "speedrun",
        "--minutes",
        "0.1",
        "--out",
        run);
    mistake(
        "inkstone speedrun: --minutes NaN is not in 0.5 to 1440",
        "speedrun",
        "--minutes",
        "NaN",
        "--out",
        run);
    mistake(
        "inkstone pretrain: " + none + ": there is no such recipe",
        "pretrain",
        "--recipe",
        none,
        "--out",
        run);
    mistake(
        "inkstone pretrain: "
            + run
            + " holds no run to resume (no recipe.yaml); leave out --resume to begin one",
        "pretrain",
        "--out",
        run,
        "--resume");
    mistake(
        "inkstone speedrun: "
            + run
            + " holds no run to resume (no recipe.yaml); leave out --resume to begin one",
        "speedrun",
        "--out",
        run,
        "--resume");
    var recipe = Files.writeString(folder.resolve("r.yaml"), "model: {layer: 2}\n").toString();
    mistake(
        "inkstone pretrain: "
            + recipe
            + ": there is no key 'model.layer'; did you mean 'layers'? Keys here: [family, layers,"
            + " heads, key_value_heads, width, hidden, context, bias, dropout]",
        "pretrain",
        "--recipe",
        recipe,
        "--out",
        run);
    mistake(
        "inkstone report: no journal at " + none + "; name the folder of a run", "report", none);
    assertFalse(Files.exists(Path.of(run)));
    assertEquals(2, Main.run("speedrun", "--minutes", "many", "--out", run));
    assertTrue(
        told().contains("Invalid value for option '--minutes': 'many' is not a number"), told());
  }

  @Test
  void debugShowsWhere() {
    var run = folder.resolve("run").toString();
    assertEquals(2, Main.run("speedrun", "--minutes", "0", "--out", run, "--debug"));
    assertTrue(
        told().startsWith("inkstone.train.TrainingException: --minutes 0.0 is not in"), told());
    assertTrue(told().contains("\tat inkstone.train"), told());
    err.reset();
    assertEquals(2, Main.run("--debug", "report", folder.resolve("none").toString()));
    assertTrue(
        told().contains("\tat inkstone.cli/") || told().contains("\tat inkstone.cli."), told());
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "runs/a-1.b_c|runs/a-1.b_c",
        "model.layers=6|model.layers=6",
        "墨é|墨é",
        "a b|'a b'",
        "``|''",
        "it's|'it'\\''s'",
        "corpus=[a]|'corpus=[a]'",
        "$HOME|'$HOME'",
        "a\\b|'a\\b'",
        "*|'*'",
        "a;b|'a;b'",
      })
  void wordsAreQuotedAsAShellNeedsThem(String word, String quoted) {
    assertEquals(quoted, CommandLines.quoted(word));
  }
}
