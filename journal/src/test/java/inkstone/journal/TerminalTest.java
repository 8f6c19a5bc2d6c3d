package inkstone.journal;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class TerminalTest {

  private static final Instant START = Instant.parse("2026-03-01T10:00:00Z");
  private static final Planned PLAN =
      new Planned(
          10, 1_234_567, 4, 128, 4, 64, 300, 5000, 20, 250, 9.5, false, "20 tokens a parameter");

  private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();
  private Terminal terminal = terminal(false, 80, StandardCharsets.UTF_8);

  private Terminal terminal(boolean live, int columns, Charset charset) {
    return Terminal.of(new PrintStream(bytes, false, charset), live, columns, ZoneOffset.UTC);
  }

  private String show(long millis, Event event) {
    bytes.reset();
    terminal.accept(new Recorded(START.plusMillis(millis), event));
    return bytes.toString(StandardCharsets.UTF_8);
  }

  private static Step step(long step) {
    return new Step(step, step * 250, 3.14159, 1e-3, 1, 18_400, 0.61);
  }

  @Test
  void plainLinesComeAtMostEveryFiveSeconds() {
    show(0, PLAN);
    assertEquals("1/20  loss 3.142  18.4k tok/s  61% of roof\n", show(0, step(1)));
    assertEquals("", show(4999, step(2)));
    assertEquals(
        "3/20  loss 3.142  18.4k tok/s  61% of roof  0:43 left, ends 10:00\n", show(5000, step(3)));
    assertEquals("", show(9999, step(4)));
    assertEquals(
        "20/20  loss 3.142  18.4k tok/s  61% of roof  0:00 left, ends 10:00\n",
        show(9999, step(20)));
  }

  @Test
  void withoutAPlanThereIsNoEnd() {
    assertEquals("step 1  loss 3.142  18.4k tok/s  61% of roof\n", show(0, step(1)));
    assertEquals(
        "step 9  loss 3.142  18.4k tok/s\n", show(5000, new Step(9, 1, 3.1416, 1, 1, 18_400, 0)));
  }

  @Test
  void timeLeftStartsAnewAfterAResume() {
    show(0, PLAN);
    show(0, step(1));
    show(1000, new Resumed(10));
    assertEquals("11/20  loss 3.142  18.4k tok/s  61% of roof\n", show(100_000, step(11)));
    assertEquals(
        "12/20  loss 3.142  18.4k tok/s  61% of roof  1:20 left, ends 10:03\n",
        show(110_000, step(12)));
  }

  @Test
  void theLiveBarFillsTheLineAndIsDrawnAtMostTenTimesASecond() {
    terminal = terminal(true, 80, StandardCharsets.UTF_8);
    show(0, PLAN);
    assertEquals(
        "\r\u001b[?7l"
            + "█"
            + "░".repeat(29)
            + " 1/20  loss 3.142  18.4k tok/s  61% of roof\u001b[K\u001b[?7h",
        show(0, step(1)));
    assertEquals("", show(99, step(2)));
    var half = show(10_000, step(10));
    assertEquals(
        "\r\u001b[?7l"
            + "█".repeat(6)
            + "░".repeat(6)
            + " 10/20  loss 3.142  18.4k tok/s  61% of roof  0:11 left, ends 10:00\u001b[K\u001b[?7h",
        half);
    assertEquals(79, half.length() - "\r\u001b[?7l\u001b[K\u001b[?7h".length());
  }

  @Test
  void otherLinesPushTheBarDown() {
    terminal = terminal(true, 60, StandardCharsets.US_ASCII);
    show(0, PLAN);
    var bar = show(0, step(10));
    assertEquals(
        "\r\u001b[?7l#######........ 10/20  loss 3.142  18.4k tok/s  61% of roof\u001b[K\u001b[?7h",
        bar);
    assertEquals(
        "\r\u001b[Kwarning   hot\n" + bar, show(1, Noted.warning("hot")), "the bar comes back");
    assertEquals(
        "\r\u001b[Kfinished  done after 20 steps and 10:00\n",
        show(2, new Finished(20, "done", 600)));
    assertEquals("note      bye\n", show(3, Noted.info("bye")), "no bar any more");
  }

  @Test
  void aNarrowTerminalShowsFiguresOnly() {
    terminal = terminal(true, 20, StandardCharsets.UTF_8);
    show(0, PLAN);
    assertEquals("\r\u001b[?7l1/20  loss 3.142  1\u001b[K\u001b[?7h", show(0, step(1)));
  }

  @Test
  void thePlanIsATable() {
    assertEquals(
        """
        plan for 10 minutes
          network     1,234,567 parameters: 4 layers, width 128, 4 heads, context 64
          vocabulary  300 tokens
          training    5,000 tokens in 20 steps of 250
          expected    9.5 minutes
          rule        20 tokens a parameter
        """,
        show(0, PLAN));
  }

  @Test
  void aDownloadHasABarOfItsBytes() {
    var half = new Downloading("model.safetensors", 5, 1_250_000_000, 2_500_000_000L, 12_500_000);
    assertEquals(
        "1.25 GB of 2.50 GB  12.5 MB/s  1:40 left, ends 10:01  model.safetensors\n", show(0, half));
    assertEquals("", show(4999, half));
    assertEquals(
        "2.50 GB of 2.50 GB  12.5 MB/s  model.safetensors\n",
        show(
            4999, new Downloading("model.safetensors", 5, 2_500_000_000L, 2_500_000_000L, 1.25e7)));
    assertEquals("5 B  0 B/s  a\uFFFD\n", show(9999, new Downloading("a\u001b", 5, 5, 0, 0)));
    terminal = terminal(true, 86, StandardCharsets.UTF_8);
    assertEquals(
        "\r\u001b[?7l██████░░░░░░░ 1.25 GB of 2.50 GB  12.5 MB/s  1:40 left, ends 10:01"
            + "  model.safetensors\u001b[K\u001b[?7h",
        show(0, half));
    terminal = terminal(true, 60, StandardCharsets.UTF_8);
    assertEquals(
        "\r\u001b[?7l1.25 GB of 2.50 GB  12.5 MB/s  1:40 left, ends 10:01  model\u001b[K\u001b[?7h",
        show(0, half));
    assertEquals(
        "\r\u001b[Kfetched   model.safetensors, 2.50 GB in 3:20\n",
        show(100, new Downloaded("model.safetensors", 2_500_000_000L, "ab", true, 200)));
  }

  @Test
  void aDownloadThatHardlyMovesHasAnEndAllTheSame() {
    assertTrue(show(0, new Downloading("a", 1, 1, Long.MAX_VALUE, 1e-9)).contains(" left, ends "));
  }

  @Test
  void whatAPullTells() {
    assertEquals(
        "pull      hf:org/name (abc): 3 files, 5.00 GB, of which here 7 B\n",
        show(0, new PullStarted("hf:org/name", "abc", 3, 5_000_000_000L, 7)));
    assertEquals(
        "pull      https://h.example/x: 1 file\n",
        show(0, new PullStarted("https://h.example/x", "", 1, 0, 0)));
    assertEquals(
        "fetched   a, 10 B in 0:02, sha256 abcd\n",
        show(0, new Downloaded("a", 10, "abcd", false, 1.5)));
    assertEquals("here      /a/b\n", show(0, new Pulled("hf:org/name", "/a/b", 0, 1)));
    assertEquals(
        "here      /a/b (10 B in 1:01)\n", show(0, new Pulled("hf:org/name", "/a/b", 10, 61)));
  }

  @Test
  void everyEventHasWords() {
    var machine = new Machine("Linux", "amd64", "A CPU", 2, 8_000_000_000L, "25", "torch", "cpu");
    assertEquals(
        "inkstone speedrun\nmachine   A CPU, 2 cores, 8.00 GB, torch on cpu, seed 7\n",
        show(0, new RunStarted("inkstone speedrun", "1", 7, machine, "")));
    assertEquals("skipped   a.bin: binary\n", show(0, new InputSkipped("a.bin", "binary")));
    assertEquals(
        "corpus    3 documents, 100 B (50% of all): 90 B to train, 10 B held out, split by tail\n",
        show(0, new CorpusRead(List.of("x"), 3, 100, 0.5, 90, 10, "tail")));
    assertEquals(
        "corpus    1 document, 100 B: 90 B to train, 10 B held out, split by tail\n",
        show(0, new CorpusRead(List.of("x"), 1, 100, 1, 90, 10, "tail")));
    assertEquals(
        "tokenizer bpe, 4,096 tokens, 3.25 bytes per token, in 1.5 s\n",
        show(0, new TokenizerLearned("bpe", 4096, 3.25, 1.5)));
    assertEquals(
        "machine   trains 1.80k tokens/s in bf16, matmul 1.50 TFLOP/s\n",
        show(0, new Calibrated("bf16", 1800, 1.5e12, 4, Map.of("bf16", 1800.0))));
    assertTrue(
        show(0, new Calibrated("bf16", 2, 3, 4, Map.of("bf16", 2.0, "fp32", 1.0)))
            .contains("fp32 1"));
    assertEquals("network   llama, 1,234 parameters\n", show(0, new NetworkBuilt("llama", 1234)));
    assertEquals("recipe    frozen\n", show(0, new RecipeFrozen("seed: 1")));
    assertEquals("decay     starts at step 40\n", show(0, new DecayStarted(40)));
    assertEquals(
        "evaluated step 50, held_out: 2.2500 bits per byte, loss 3.0000\n",
        show(0, new Evaluated(50, "held_out", 3, 2.25, 1000, 0.5)));
    assertEquals(
        "baseline  xz: 2.5000 bits per byte\n", show(0, new BaselineMeasured("xz", 2.5, 10, 1)));
    assertEquals(
        "judged    step 1,000, test: 91.25 % of 80 right, F1 0.8750, loss 0.2500\n",
        show(0, new Judged(1000, "test", "classification", 0.25, 0.9125, 0.875, 80, 1)));
    assertEquals(
        "guessed   step 4, validation: 50.00 % of 3,000 hidden tokens, loss 2.5000\n",
        show(0, new Guessed(4, "validation", 2.5, 0.5, 3000, 1)));
    assertEquals(
        "baseline  TF-IDF, test: 75.00 % right, F1 0.5000\n",
        show(0, new BaselineJudged("TF-IDF", "test", 0.75, 0.5, 80, 1)));
    assertEquals(
        "confusion test, true by given [a, b]: [[3, 1], [0, 4]]\n",
        show(
            0, new Confused("test", List.of("a", "b"), List.of(List.of(3L, 1L), List.of(0L, 4L)))));
    assertEquals(
        "mistake   a taken for b (88%): so good\n",
        show(0, new Mistaken("test", "so good", "a", "b", 0.875)));
    assertEquals(
        "sample    step 5\n  | To be\n  | or \uFFFD[2J\n",
        show(0, new Sampled(5, "To", " be\nor \u001b[2J")));
    assertEquals(
        "saved     step 50 in checkpoints/step-50\n",
        show(0, new CheckpointSaved(50, "checkpoints/step-50", 1)));
    assertEquals("resumed   after step 50\n", show(0, new Resumed(50)));
    assertEquals("step 1,000, loss 3.142", EventWords.of(step(1000)));
    assertEquals(
        "moon {\"a\":1}\n",
        show(0, new Unknown("moon", Lines.MAPPER.createObjectNode().put("a", 1))));
    assertEquals(
        "moon_rose {\"step\":1,\"face_share\":{}}\n",
        show(0, new EventLinesTest.MoonRose(1, Map.of())));
  }

  @Test
  void minutesAreWordedWell() {
    assertTrue(EventWords.of(plan(1, 0.96)).startsWith("plan for 1 minute\n"));
    assertTrue(EventWords.of(plan(1, 0.96)).contains("expected    1.0 minutes\n"));
    assertTrue(EventWords.of(plan(2.5, 2)).startsWith("plan for 2.5 minutes\n"));
  }

  private static Planned plan(double minutes, double expected) {
    return new Planned(minutes, 1, 1, 1, 1, 1, 1, 1, 1, 1, expected, false, "rule");
  }

  @Test
  void publicDoorsWork() {
    Terminal.plain(new PrintStream(bytes)).accept(new Recorded(START, new DecayStarted(1)));
    assertEquals("decay     starts at step 1\n", bytes.toString(StandardCharsets.UTF_8));
    assertFalse(Terminal.standardError().equals(terminal));
  }
}
