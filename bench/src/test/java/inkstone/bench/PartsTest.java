package inkstone.bench;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.BufferedReader;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.io.StringReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.function.DoubleFunction;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import tools.jackson.databind.JsonNode;

/** The small parts: sizes, words, memory, environments, the worker's loop. */
class PartsTest {

  @TempDir Path folder;

  /** Worked by hand from the shapes. */
  @ParameterizedTest
  @CsvSource({
    // 6 x 12 x 384^2 + 65 x 384 weights in matrices, 8192 tokens
    "10m, 10745088, 8192, 10641792, 6",
    // 12 x 12 x 768^2 + 50304 x 768, 4096 tokens
    "124m, 124373760, 4096, 123568128, 12",
    // 24 x 12 x 1024^2 + 50304 x 1024, 2048 tokens
    "350m, 354599936, 2048, 353501184, 24"
  })
  void sizesAndTheirOperations(
      TrainSize size, long parameters, int tokens, long matrices, int layers) {
    var config = size.config();
    assertEquals(parameters, config.parameters());
    assertEquals(tokens, size.tokens());
    double attention = 6.0 * layers * config.context() * config.width() * tokens;
    assertEquals(6.0 * matrices * tokens + attention, size.flops());
    assertFalse(config.bias());
    assertTrue(config.tied());
  }

  static java.util.List<TrainSize> sizes() {
    return java.util.List.of(TrainSize.TINY, TrainSize.M10, TrainSize.M124, TrainSize.M350);
  }

  @ParameterizedTest
  @MethodSource("sizes")
  void whatAWorkerIsToldItReadsBack(TrainSize size) {
    var work = new TrainWork(size, Precision.BF16, 3, 9);
    assertEquals(work, TrainWork.parse(work.words().toArray(String[]::new)));
  }

  @Test
  void nonsenseIsRefusedWithTheOption() {
    var size = assertThrows(BenchException.class, () -> TrainSize.of("11m"));
    assertEquals(
        "--size 11m is unknown; give 10m, 124m or 350m, or numbers of your own, for example context=1024,sequences=8",
        size.getMessage());
    for (var bad :
        new String[] {"context=0", "context", "contxt=3,layers=2", "layers=2,", "width=x"}) {
      assertThrows(BenchException.class, () -> TrainSize.of(bad + ",heads=x"), bad);
    }
    assertEquals(
        new TrainSize("context=1024,sequences=8", 6, 6, 384, 65, 1024, 8),
        TrainSize.of("context=1024,sequences=8"));
    assertTrue(
        assertThrows(
                BenchException.class, () -> new TrainWork(TrainSize.TINY, Precision.FP32, 0, 1))
            .getMessage()
            .startsWith("--threads 0"));
    assertThrows(BenchException.class, () -> new Rounds(0, 1));
    assertThrows(BenchException.class, () -> new Rounds(1, 0));
    assertThrows(BenchException.class, () -> new Rounds(1, Double.NaN));
  }

  @Test
  void aPlainEnvironmentLacksWhatTheLauncherSets() {
    var given = Map.of("MALLOC_ARENA_MAX", "1", "HOME", "/h");
    var plain = new HashMap<>(given);
    Environment.PLAIN.apply(plain, 4);
    assertEquals(Map.of("HOME", "/h", "OMP_NUM_THREADS", "4"), plain);
    var same = new HashMap<>(given);
    Environment.AS_IS.apply(same, 4);
    assertEquals("1", same.get("MALLOC_ARENA_MAX"));
    assertEquals("4", same.get("OMP_NUM_THREADS"));
  }

  /** Whoever gives the launcher another variable of a library must enter it here too. */
  @Test
  void theLaunchersVariablesAreKnown() throws IOException {
    var root = Path.of(System.getProperty("inkstone.root", ".."));
    var launcher = Files.readString(root.resolve("inkstone"));
    var set =
        launcher
            .lines()
            .filter(line -> line.matches("  export (OMP_WAIT|MALLOC|GOMP|KMP)[A-Z_]*=.*"))
            .map(line -> line.replaceAll("  export ([A-Z_]+)=.*", "$1"))
            .toList();
    assertEquals(Environment.LAUNCHERS, set);
  }

  @Test
  void peakMemoryIsThatOfTheSystem() throws IOException {
    var status = folder.resolve("status");
    Files.writeString(status, "VmPeak:\t  99 kB\nVmHWM:\t    12 kB\nVmRSS:\t 7 kB\n");
    assertEquals(OptionalLong.of(12 * 1024), Resident.peak(status));
    assertEquals(OptionalLong.empty(), Resident.peak(folder.resolve("none")));
  }

  @Test
  void anotherJvmGetsWhatCanBeHadTwice() {
    assertTrue(OwnJvm.canBeHadTwice("-Xmx2g"));
    assertTrue(OwnJvm.canBeHadTwice("-XX:AOTCache=classes.aot"));
    assertFalse(OwnJvm.canBeHadTwice("-agentlib:jdwp=transport=dt_socket,address=5005"));
    assertFalse(OwnJvm.canBeHadTwice("-XX:AOTCacheOutput=classes.aot"));
    var command = OwnJvm.command(TrainWorker.class, List.of("--a", "b"));
    assertEquals(
        List.of("inkstone.bench.TrainWorker", "--a", "b"),
        command.subList(command.size() - 3, command.size()));
  }

  private static String served(String lines) throws IOException {
    DoubleFunction<JsonNode> twice = x -> BenchJson.MAPPER.createObjectNode().put("x", 2 * x);
    var out = new ByteArrayOutputStream();
    WorkerLoop.serve(
        new BufferedReader(new StringReader(lines)),
        new PrintStream(out, true, StandardCharsets.UTF_8),
        BenchJson.MAPPER.createObjectNode().put("ready", true),
        Map.of("twice", twice));
    return out.toString(StandardCharsets.UTF_8).replace(System.lineSeparator(), "\n");
  }

  @Test
  void aWorkerAnswersUntilItIsToldToQuitOrNobodyIsThere() throws IOException {
    assertEquals("{\"ready\":true}\n{\"x\":3.0}\n", served("twice 1.5\nquit\ntwice 2\n"));
    assertEquals("{\"ready\":true}\n{\"x\":4.0}\n", served("twice 2"));
    var told = assertThrows(BenchException.class, () -> served("thrice 2\n")).getMessage();
    assertEquals("'thrice 2' is not understood; say VERB SECONDS or quit", told);
    assertThrows(BenchException.class, () -> served("twice\n"));
  }
}
