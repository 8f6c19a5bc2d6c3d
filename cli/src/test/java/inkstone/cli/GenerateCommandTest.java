package inkstone.cli;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import inkstone.generate.GenerationException;
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
import java.util.List;
import java.util.OptionalInt;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

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

  private static RuntimeException thrown(String... words) {
    return assertThrows(
        RuntimeException.class,
        () -> {
          var command = new GenerateCommand();
          new CommandLine(command).parseArgs(words);
          command.call();
        });
  }
}
