package inkstone.cli;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import inkstone.text.Tokenizer;
import inkstone.text.TokenizerException;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

class TokenizerCommandTest {

  @TempDir Path directory;
  private Path corpus = Path.of("");
  private Path bytes = Path.of("");

  /** What a command left behind. */
  private record Outcome(int code, String out, List<Exception> failures) {}

  @BeforeEach
  void write() throws IOException {
    corpus = Files.createDirectories(directory.resolve("corpus"));
    Files.writeString(corpus.resolve("a.txt"), "the cat and the hat \u58A8\u6C34");
    Files.writeString(corpus.resolve("b.jsonl"), "{\"text\": \"the bat\"}\n");
    Files.writeString(corpus.resolve("c.bin"), "zzzzzzzzzzzzzzzzzzzzzzzz");
    bytes = directory.resolve("bytes");
    Tokenizer.ofBytes(List.of("<s>")).save(bytes);
  }

  /** Runs a command with standard streams whose own character set is not UTF-8. */
  private static Outcome run(String input, Object... words) {
    var out = new ByteArrayOutputStream();
    var failures = new java.util.ArrayList<Exception>();
    var savedOut = System.out;
    var savedErr = System.err;
    var savedIn = System.in;
    try {
      System.setOut(new PrintStream(out, false, ISO_8859_1));
      System.setErr(new PrintStream(new ByteArrayOutputStream(), false, UTF_8));
      System.setIn(new ByteArrayInputStream(input.getBytes(UTF_8)));
      String[] args = java.util.Arrays.stream(words).map(Object::toString).toArray(String[]::new);
      int code =
          new CommandLine(new TokenizerCommand())
              .setCaseInsensitiveEnumValuesAllowed(true)
              .setExecutionExceptionHandler(
                  (failure, command, parsed) -> {
                    failures.add(failure);
                    return 2;
                  })
              .execute(args);
      System.out.flush();
      return new Outcome(code, out.toString(UTF_8), failures);
    } finally {
      System.setOut(savedOut);
      System.setErr(savedErr);
      System.setIn(savedIn);
    }
  }

  @Test
  void trainsBytePairs() {
    Path out = directory.resolve("bpe");
    var outcome = run("", "train", "--corpus", corpus, "--vocab-size", "260", "--out", out);
    assertEquals(new Outcome(0, "", List.of()), outcome);
    Tokenizer tokenizer = Tokenizer.open(out);
    assertEquals(260, tokenizer.vocabularySize());
    assertEquals("th", tokenizer.decode(256));
    assertEquals("the", tokenizer.decode(257));
  }

  @Test
  void trainsWithTheSplitThatIsAskedFor() throws IOException {
    Path out = directory.resolve("cl100k");
    run("", "train", "--corpus", corpus, "--vocab-size", "260", "--out", out, "--split", "cl100k");
    assertTrue(Files.readString(out.resolve("tokenizer.json")).contains("\\\\p{N}{1,3}"));
  }

  @Test
  void trainsCharacters() {
    Path out = directory.resolve("char");
    assertEquals(
        0,
        run("", "train", "--corpus", corpus.resolve("a.txt"), "--out", out, "--type", "char")
            .code());
    Tokenizer all = Tokenizer.open(out);
    assertEquals(256 + 10 + 1, all.vocabularySize());
    run("", "train", "--corpus", corpus, "--out", out, "--type", "char", "--vocab-size", "259");
    assertEquals(259, Tokenizer.open(out).vocabularySize());
  }

  @Test
  void encodesAndDecodesText() {
    assertEquals("97 98\n", run("", "encode", "--tokenizer", bytes, "ab").out());
    assertEquals("229 162 168\n", run("\u58A8", "encode", "--tokenizer", bytes, "-").out());
    assertEquals("60 115 62\n", run("<s>", "encode", "--tokenizer", bytes).out());
    assertEquals("ab", run("", "decode", "--tokenizer", bytes, "97", "98").out());
    assertEquals("\u58A8", run("[229, 162,168]\n256", "decode", "--tokenizer", bytes).out());
    assertEquals("a", run("97", "decode", "--tokenizer", bytes, "-").out());
  }

  @Test
  void encodesAndDecodesLines() {
    String lines = "\"ab\"\n\"\u58A8\"\n";
    String ids = "[97,98]\n[229,162,168]\n";
    assertEquals(ids, run(lines, "encode", "--jsonl", "--tokenizer", bytes).out());
    assertEquals(lines, run(ids, "decode", "--jsonl", "--tokenizer", bytes).out());
    assertEquals("[97]\n", run("", "encode", "--jsonl", "--tokenizer", bytes, "\"a\"").out());
    assertEquals("\"a\"\n", run("", "decode", "--jsonl", "--tokenizer", bytes, "[97]").out());
  }

  private static void fails(String message, Outcome outcome) {
    assertEquals(2, outcome.code());
    assertEquals("", outcome.out());
    assertEquals(
        List.of(message), outcome.failures().stream().map(e -> "" + e.getMessage()).toList());
    assertTrue(outcome.failures().getFirst() instanceof TokenizerException);
  }

  @Test
  void mistakesAreTold() throws IOException {
    Path none = directory.resolve("none");
    fails(none + ": no such file or directory", run("", "encode", "--tokenizer", none, "a"));
    fails("'x' is not a token id", run("", "decode", "--tokenizer", bytes, "97", "x"));
    fails(
        "a vocabulary of 9 is too small: 256 bytes and 1 special tokens need at least 257",
        run("", "train", "--corpus", corpus, "--vocab-size", "9", "--out", none));
    assertEquals(2, run("", "train", "--corpus", none, "--out", none).code());
    Path broken = directory.resolve("broken.txt");
    Files.write(broken, new byte[] {'a', (byte) 0xFF});
    fails(
        "no document of [%s] could be read".formatted(broken),
        run("", "train", "--corpus", broken, "--out", none));
    assertEquals(2, run("").code());
    assertEquals(2, run("", "encode", "x").code());
    assertEquals(2, run("", "train", "--corpus", corpus, "--out", none, "--split", "x").code());
    assertTrue(Files.notExists(none));
  }
}
