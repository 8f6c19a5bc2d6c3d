package inkstone.bench;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import inkstone.generate.LanguageModel;
import inkstone.tensor.GgufType;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * What llama-perplexity (of llama-cpp-python 0.3.36) saved of a model of 260,000 weights in float32
 * and a text of two chunks of 16 tokens: {@code stories.logits}, see bench/fixtures/README.md.
 */
class FaithfulnessTest {

  @TempDir Path folder;
  private Path saved = Path.of("");
  private Path text = Path.of("");

  @BeforeEach
  void find() throws Exception {
    saved = resource("stories.logits");
    text = resource("stories.txt");
  }

  private static Path resource(String name) throws Exception {
    return Path.of(
        java.util.Objects.requireNonNull(FaithfulnessTest.class.getResource(name)).toURI());
  }

  /** The same weights as the peer had. */
  private Path model(GgufType type) {
    var stories = Path.of(System.getProperty("inkstone.data", "none"), "stories260k");
    assumeTrue(Files.isDirectory(stories), "no " + stories);
    var file = folder.resolve(type + ".gguf");
    try (var model = LanguageModel.open(stories)) {
      model.saveGguf(file, type);
    }
    return file;
  }

  @Test
  void whatWasSavedIsRead() {
    var logits = SavedLogits.open(saved);
    assertEquals(
        List.of(16, 512, 2), List.of(logits.context(), logits.vocabulary(), logits.chunks()));
    assertEquals(8, logits.first());
    assertEquals(7, logits.rows());
    for (int chunk = 0; chunk < 2; chunk++) {
      assertTrue(Arrays.stream(logits.chunk(chunk)).allMatch(id -> id >= 0 && id < 512));
      for (int row = 0; row < 7; row++) {
        double sum = 0;
        for (float logprob : logits.row(chunk, row)) {
          sum += Math.exp(logprob);
        }
        assertEquals(1, sum, 1e-3, "chunk %d, row %d".formatted(chunk, row));
      }
    }
  }

  /** The tokens, and the distributions to the 16 bits in which they are kept. */
  @Test
  void ourTokensAndDistributionsAreThose() throws IOException {
    var file = model(GgufType.F32);
    var logits = SavedLogits.open(saved);
    try (var model = LanguageModel.open(file)) {
      var ids = model.tokenizer().encode(Files.readString(text));
      var all =
          IntStream.concat(model.defaults().begin().stream(), Arrays.stream(ids))
              .limit(32)
              .toArray();
      assertArrayEquals(Arrays.copyOf(all, 16), logits.chunk(0));
      assertArrayEquals(Arrays.copyOfRange(all, 16, 32), logits.chunk(1));
    }
    var found = Faithfulness.of(file, GgufType.F32, logits);
    assertEquals(14, found.tokens());
    assertEquals(0, found.theirs(), 2e-5);
    assertEquals(0, found.ours(), 2e-5);
    assertTrue(found.holds(), found.toString());
    var rounded = Faithfulness.of(model(GgufType.Q4_0), GgufType.Q4_0, logits);
    assertTrue(rounded.theirs() > 100 * found.theirs(), "other weights: " + rounded);
  }

  @Test
  void oneCheckBeforeAllIsTimed() throws IOException {
    var file = model(GgufType.F32);
    Script.write(
        folder.resolve("llama-perplexity"),
        "while [ $# -gt 0 ]; do",
        "  case $1 in",
        "    -m) [ -f \"$2\" ] || exit 3 ;;",
        "    -c) [ $2 = 512 ] || exit 4 ;;",
        "    --chunks) [ $2 = 8 ] || exit 5 ;;",
        "    --kl-divergence-base) cp '%s' \"$2\" ;;".formatted(saved),
        "  esac",
        "  shift",
        "done");
    var told = new ArrayList<String>();
    var notices = new ArrayList<String>();
    var check = new FaithfulnessCheck(file, text);
    var home = new LlamaCpp(Optional.of(folder));
    var found = check.run(GgufType.F32, home, 1, told::add, notices::add).orElseThrow();
    assertEquals(List.of(), notices);
    assertTrue(told.getLast().startsWith("14 tokens, f32: divergence from the weights 0.0000"));
    var details = new LinkedHashMap<String, Object>();
    found.note(details);
    assertEquals(
        List.of(
            "divergence_file",
            "divergence_quant",
            "divergence_tokens",
            "ours_divergence",
            "theirs_divergence",
            "divergence_error"),
        List.copyOf(details.keySet()));
    assertEquals(Optional.empty(), check.run(GgufType.Q6_K, home, 1, told::add, notices::add));
    assertTrue(notices.getLast().contains("holds F32 and not Q6_K, which is timed"));
  }

  @Test
  void whatIsMissingIsNamed() {
    var notices = new ArrayList<String>();
    var home = new LlamaCpp(Optional.of(folder));
    for (var check :
        List.of(
            new FaithfulnessCheck(folder.resolve("none.gguf"), text),
            new FaithfulnessCheck(text, folder.resolve("none.txt")),
            new FaithfulnessCheck(text, text))) {
      assertEquals(Optional.empty(), check.run(GgufType.F32, home, 1, line -> {}, notices::add));
    }
    var begin = "not checked that both sides compute the same, so the figures do not count: ";
    assertEquals(
        List.of(
            begin + "there is no model " + folder.resolve("none.gguf"),
            begin + "there is no text " + folder.resolve("none.txt"),
            begin + "no program llama-perplexity in " + folder),
        notices);
  }

  @Test
  void furtherOffIsVoid() {
    assertTrue(new Faithfulness(saved, GgufType.Q8_0, 0.001, 0.002, 0, 9).holds());
    assertTrue(new Faithfulness(saved, GgufType.Q8_0, 0.002009, 0.002, 0, 9).holds());
    assertFalse(new Faithfulness(saved, GgufType.Q8_0, 0.002011, 0.002, 0.0001, 9).holds());
    var measured = new Faithfulness(saved, GgufType.Q4_0, 0.003012, 0.002932, 0.00007, 2040);
    assertFalse(measured.holds(), measured.toString());
  }

  @Test
  void divergenceByHand() {
    float[] wanted = {(float) Math.log(0.75), (float) Math.log(0.25), -17};
    float[] found = {(float) Math.log(0.5), (float) Math.log(0.5), -1};
    double expected = 0.75 * Math.log(1.5) + 0.25 * Math.log(0.5);
    assertEquals(expected, Faithfulness.divergence(wanted, found), 1e-6);
    assertEquals(0, Faithfulness.divergence(wanted, wanted));
    // A step of 16 / 65535, and nothing further down than 16.
    var rounded = SavedLogits.rounded(new float[] {10, 9, -100});
    double sum = Math.log(1 + Math.exp(-1));
    assertEquals(-sum, rounded[0], 1e-5);
    assertEquals(-1 - sum, rounded[1], 1.3e-4);
    assertEquals(-16 - sum, rounded[2], 1e-5);
  }

  @Test
  void whatIsCutOrElseIsRefused() throws IOException {
    var whole = Files.readAllBytes(saved);
    var file = folder.resolve("logits");
    for (int length : new int[] {0, 5, 19, 200, whole.length - 1}) {
      Files.write(file, Arrays.copyOf(whole, length));
      assertThrows(BenchException.class, () -> SavedLogits.open(file), length + " bytes");
    }
    whole[0]++;
    Files.write(file, whole);
    var told = assertThrows(BenchException.class, () -> SavedLogits.open(file)).getMessage();
    assertEquals(file + " holds no log-probabilities of llama-perplexity", told);
  }
}
