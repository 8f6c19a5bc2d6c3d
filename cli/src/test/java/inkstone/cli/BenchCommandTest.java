package inkstone.cli;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tools.jackson.databind.json.JsonMapper;

class BenchCommandTest {

  private final ByteArrayOutputStream out = new ByteArrayOutputStream();
  private final ByteArrayOutputStream err = new ByteArrayOutputStream();
  private final PrintStream outBefore = System.out;
  private final PrintStream errBefore = System.err;

  @BeforeEach
  void listen() {
    System.setOut(new PrintStream(out, true, UTF_8));
    System.setErr(new PrintStream(err, true, UTF_8));
  }

  @AfterEach
  void restore() {
    System.setOut(outBefore);
    System.setErr(errBefore);
  }

  @Test
  void aTableAndAsTheLastLineTheDocument() {
    int code =
        Main.run(
            "bench",
            "train",
            "--size",
            "tiny",
            "--rounds",
            "1",
            "--seconds",
            "0.1",
            "--threads",
            "1",
            "--peer",
            "none");
    assertEquals(0, code, err.toString(UTF_8));
    var lines = out.toString(UTF_8).lines().toList();
    assertTrue(lines.getFirst().startsWith("train tiny"), lines::toString);
    var json = JsonMapper.shared().readTree(lines.getLast());
    assertEquals("train", json.path("work").asString());
    assertEquals("none", json.path("peer").asString());
    assertEquals("tokens/s", json.path("unit").asString());
    assertTrue(json.path("ours").asDouble() > 0, json::toString);
    assertTrue(json.path("roof_share").asDouble() > 0, json::toString);
    for (var none : new String[] {"theirs", "ratio", "ratio_min", "ratio_max", "memory_ratio"}) {
      assertTrue(json.path(none).isNull(), none);
    }
    assertEquals("tiny", json.path("size").asString());
    assertEquals("fp32", json.path("dtype").asString());
    assertEquals("as-is", json.path("environment").asString());
    assertEquals(1, json.path("rounds").asInt());
    assertEquals(1, json.path("threads").asInt());
    assertEquals(1, json.path("ours_rounds").size());
    // 6 x (12 x 16^2 + 65 x 16) x 32 + 6 x 16 x 16 x 32
    assertEquals(838_656, json.path("flops_per_step").asDouble());
    assertTrue(json.path("machine").path("engine").asString().startsWith("libtorch"));
    assertTrue(err.toString(UTF_8).contains("round 1 of 1: ours "), err.toString(UTF_8));
  }

  @Test
  void mistakesAreToldBeforeAnythingStarts() {
    assertEquals(2, Main.run("bench", "train", "--rounds", "0"));
    assertEquals(
        "inkstone bench train: --rounds 0 measures nothing; give 1 or more",
        err.toString(UTF_8).strip());
    err.reset();
    assertEquals(2, Main.run("bench", "train", "--size", "11m"));
    assertTrue(err.toString(UTF_8).contains("--size 11m is unknown"), err.toString(UTF_8));
    err.reset();
    assertEquals(2, Main.run("bench"));
    assertTrue(err.toString(UTF_8).startsWith("say what to measure: train"), err.toString(UTF_8));
    assertEquals("", out.toString(UTF_8));
  }

  @Test
  void theSizeOfTheTestsIsNobodyElsesBusiness() {
    assertEquals(0, Main.run("bench", "train", "--help"));
    assertTrue(out.toString(UTF_8).contains("--size=10m|124m|350m"), out.toString(UTF_8));
    assertFalse(out.toString(UTF_8).contains("tiny"), out.toString(UTF_8));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {"4|4", "' 3,2'|3", "12|12"})
  void theFirstNumberOfOpenMpsVariableCounts(String variable, int threads) {
    assertEquals(threads, BenchOptions.threads(variable));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {"''", "0", "many", "-1"})
  void withoutItAllCoresAreTaken(String variable) {
    assertEquals(Runtime.getRuntime().availableProcessors(), BenchOptions.threads(variable));
  }
}
