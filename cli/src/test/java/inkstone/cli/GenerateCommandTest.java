package inkstone.cli;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import inkstone.generate.BeamSearch;
import inkstone.generate.GenerationException;
import inkstone.generate.LanguageModel;
import inkstone.model.Decoder;
import inkstone.model.DecoderConfig;
import inkstone.model.ModelDirectory;
import inkstone.model.ModelException;
import inkstone.text.Tokenizer;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalInt;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;
import tools.jackson.databind.json.JsonMapper;

class GenerateCommandTest {

  private static final PrintStream OUT = System.out;
  private static final PrintStream ERR = System.err;

  @TempDir static Path model;

  private final ByteArrayOutputStream out = new ByteArrayOutputStream();
  private final ByteArrayOutputStream err = new ByteArrayOutputStream();

  @BeforeAll
  static void save() {
    try (var decoder = Decoder.random(DecoderConfig.llama(257, 64, 16, 1, 2), 1)) {
      ModelDirectory.save(model, decoder, OptionalInt.of(256));
    }
    Tokenizer.ofBytes(List.of("<|endoftext|>")).save(model);
  }

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

  /** Runs the verb; what it throws is thrown on, as the program's entry would see it. */
  private static int run(String... words) {
    return new CommandLine(new GenerateCommand())
        .setCaseInsensitiveEnumValuesAllowed(true)
        .setExecutionExceptionHandler(
            (e, command, result) -> {
              throw e;
            })
        .execute(words);
  }

  @Test
  void printsPromptAndTextAloneAndTheRestToStandardError() {
    // A random network with a tied head repeats what it heard last.
    int code =
        run(
            "--model",
            model.toString(),
            "--prompt",
            "墨a",
            "--max-tokens",
            "3",
            "--temperature",
            "0");
    assertEquals(0, code);
    assertEquals("墨aaaa\n", out.toString(UTF_8));
    var told = err.toString(UTF_8);
    assertTrue(told.startsWith("3 tokens after a prompt of 4, "), told);
    assertTrue(told.contains("ended by length, seed "), told);
  }

  @Test
  void everyOptionReachesTheRequest() {
    run(
        "--model",
        model.toString(),
        "--prompt",
        "ab",
        "--max-tokens",
        "9",
        "--temperature",
        "1",
        "--top-k",
        "1",
        "--top-p",
        "0.9",
        "--min-p",
        "0.1",
        "--repetition-penalty",
        "1",
        "--stop",
        "xyz",
        "--stop",
        "bbb",
        "--seed",
        "5");
    assertEquals("ab\n", out.toString(UTF_8));
    assertTrue(err.toString(UTF_8).contains("3 tokens after a prompt of 2"), err.toString(UTF_8));
    assertTrue(err.toString(UTF_8).contains("ended by stop, seed 5"), err.toString(UTF_8));
  }

  @Test
  void aDashReadsStandardInput() {
    var before = System.in;
    try {
      System.setIn(new ByteArrayInputStream("hé".getBytes(UTF_8)));
      run("--model", model.toString(), "--prompt", "-", "--max-tokens", "1", "--temperature", "0");
      assertTrue(out.toString(UTF_8).startsWith("hé"), out.toString(UTF_8));
      System.setIn(new ByteArrayInputStream(new byte[] {(byte) 0xFF}));
      var e = thrown("--model", model.toString(), "--prompt", "-");
      assertTrue(String.valueOf(e.getMessage()).contains("not UTF-8"), e.getMessage());
    } finally {
      System.setIn(before);
    }
  }

  @Test
  void mistakesAreTold(@TempDir Path empty) throws Exception {
    var missing = empty.resolve("none").toString();
    var e = thrown("--model", missing);
    assertTrue(String.valueOf(e.getMessage()).contains(missing), e.getMessage());
    assertEquals(ModelException.class, e.getClass());
    assertEquals(
        GenerationException.class, thrown("--model", missing, "--temperature", "-1").getClass());
    assertEquals(
        GenerationException.class,
        thrown("--model", model.toString(), "--prompt", "x".repeat(64)).getClass());
    assertEquals(2, run("--prompt", "no model"));
    Files.copy(model.resolve("config.json"), empty.resolve("config.json"));
    Files.copy(model.resolve("model.safetensors"), empty.resolve("model.safetensors"));
    assertTrue(
        String.valueOf(thrown("--model", empty.toString()).getMessage())
            .contains(empty.toString()));
    assertEquals("", out.toString(UTF_8));
  }

  /** A real model that others trained and published, with the greedy text that it writes. */
  @Test
  void thePublishedStoryComesLetterForLetter() throws Exception {
    var folder = Path.of(System.getProperty("inkstone.data", "none"), "stories260k");
    assumeTrue(Files.isDirectory(folder), "no " + folder);
    var page = Files.readString(folder.resolve("stories260K.md"));
    int start = page.indexOf("Once upon a time");
    var story = page.substring(start, page.indexOf("\n```", start)).strip();
    assertTrue(story.length() > 500, story);
    run("--model", folder.toString(), "--prompt", "", "--temperature", "0");
    var text = out.toString(UTF_8).stripLeading();
    assertEquals(story, text.substring(0, Math.min(story.length(), text.length())));
  }

  /** Guesses, another cache: the text stays. */
  @Test
  void whatIsGuessedChangesNoText() {
    var words = List.of("--model", model.toString(), "--prompt", "abcab", "--temperature", "0");
    var said = new ArrayList<String>();
    for (var more :
        List.of(
            List.<String>of(),
            List.of("--lookup"),
            List.of("--lookup", "--guesses", "7"),
            List.of("--draft", model.toString()),
            List.of("--cache", "BFLOAT16"),
            List.of("--cache", "int8"))) {
      out.reset();
      err.reset();
      var all = new ArrayList<>(words);
      all.addAll(List.of("--max-tokens", "12"));
      all.addAll(more);
      assertEquals(0, run(all.toArray(String[]::new)));
      assertEquals("abcab" + "b".repeat(12) + "\n", out.toString(UTF_8), more.toString());
      said.add(err.toString(UTF_8));
    }
    assertTrue(!said.getFirst().contains("guesses"), said.getFirst());
    for (int guessed = 1; guessed <= 3; guessed++) {
      assertTrue(said.get(guessed).strip().endsWith("guesses right"), said.get(guessed));
    }
    // The draft is the model itself, so that nothing it guesses is wrong.
    assertTrue(said.get(3).matches("(?s).* (\\d+) of \\1 guesses right.*"), said.get(3));
  }

  @Test
  void oneLineOfJsonHasEachTokensLogProbability() {
    run(
        "--model",
        model.toString(),
        "--prompt",
        "a",
        "--max-tokens",
        "3",
        "--top-k",
        "1",
        "--json");
    var json = new JsonMapper().readTree(out.toString(UTF_8));
    assertEquals("a", json.get("prompt").asString());
    assertEquals("aaa", json.get("text").asString());
    assertEquals("length", json.get("finish_reason").asString());
    assertEquals(3, json.get("completion_tokens").asInt());
    assertEquals(3, json.get("tokens").size());
    for (var token : json.get("tokens")) {
      assertEquals("a", token.get("text").asString());
      assertEquals('a', token.get("id").asInt());
      assertTrue(token.get("logprob").asDouble() < 0, token.toString());
    }
  }

  @Test
  void beamsGiveTheLikeliestText() {
    var words =
        List.of("--model", model.toString(), "--prompt", "a", "--max-tokens", "3", "--beams", "3");
    run(words.toArray(String[]::new));
    var text = out.toString(UTF_8);
    assertTrue(
        err.toString(UTF_8).matches("(?s)the likeliest of 3 texts: \\d tokens, score -\\d.*"),
        err.toString(UTF_8));
    for (double penalty : new double[] {1, 0}) {
      out.reset();
      var more = new ArrayList<>(words);
      more.addAll(List.of("--json", "--length-penalty", Double.toString(penalty)));
      run(more.toArray(String[]::new));
      var beams = new JsonMapper().readTree(out.toString(UTF_8)).get("beams");
      try (var opened = LanguageModel.open(model)) {
        var found = opened.search("a", new BeamSearch(3, 3, penalty, BeamSearch.Stopping.LIKELY));
        assertEquals(found.size(), beams.size());
        for (int i = 0; i < beams.size(); i++) {
          assertEquals(
              found.get(i).tokens().toString(),
              beams.get(i).get("ids").toString().replace(",", ", "));
          assertEquals(found.get(i).score(), beams.get(i).get("score").asDouble());
          assertEquals(opened.text("a", found.get(i)), beams.get(i).get("text").asString());
        }
      }
      if (penalty == 1) {
        assertEquals("a" + beams.get(0).get("text").asString() + "\n", text);
      }
    }
  }

  @Test
  void whatDoesNotGoTogetherIsTold() {
    assertEquals(
        "--beams takes the likeliest texts and knows no --top-k; leave one of them out",
        thrown("--model", model.toString(), "--beams", "2", "--top-k", "3").getMessage());
    assertEquals(
        "--length-penalty belongs to --beams; give both or none",
        thrown("--model", model.toString(), "--length-penalty", "2").getMessage());
    assertEquals(
        "--guesses says how many; give --lookup or --draft with it",
        thrown("--model", model.toString(), "--guesses", "2").getMessage());
    assertEquals(
        2,
        run("--model", model.toString(), "--lookup", "--draft", model.toString()),
        "one of them");
  }

  private static RuntimeException thrown(String... words) {
    return assertThrows(
        RuntimeException.class,
        () -> {
          var line = new CommandLine(new GenerateCommand());
          line.parseArgs(words);
          line.<GenerateCommand>getCommand().call();
        });
  }
}
