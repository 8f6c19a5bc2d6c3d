package inkstone.bench;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import inkstone.tensor.GgufType;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Our true worker beside a play llama-bench. */
class GenerateBenchTest {

  private static final String UNCHECKED =
      "not checked that both sides compute the same, so the figures do not count: no model was"
          + " named for it";

  @TempDir Path folder;
  private final List<String> notices = new ArrayList<>();

  private BenchResult run(GenerateWork work, Optional<Path> model) {
    return new GenerateBench(
            work,
            GenerateSize.TINY,
            GgufType.Q8_0,
            model,
            GeneratePeer.LLAMA_CPP,
            Optional.of(folder),
            Optional.empty(),
            1,
            new Rounds(2, 1),
            Environment.PLAIN)
        .run(line -> {}, notices::add);
  }

  /** It tells the tokens that it was asked for, and two seconds. */
  private void peer(String... lines) throws IOException {
    Script.write(folder.resolve("llama-bench"), lines);
  }

  private static final String[] ANSWERS = {
    "while [ $# -gt 0 ]; do",
    "  case $1 in -p) p=$2 ;; -n) n=$2 ;; -t) [ $2 = 1 ] || exit 3 ;; esac",
    "  shift",
    "done",
    "echo \"[{\\\"n_prompt\\\":$p,\\\"n_gen\\\":$n,\\\"avg_ns\\\":2000000000}]\""
  };

  @Test
  void decodingIsCountedInTokensASecond() throws IOException {
    peer(ANSWERS);
    var result = run(GenerateWork.DECODE, Optional.empty());
    assertEquals("decode", result.work());
    assertEquals("llama.cpp", result.peer());
    assertEquals(OptionalDouble.of(64), result.theirs());
    assertEquals(result.ours() / 64, result.ratio().orElseThrow(), 1e-9 * result.ours());
    assertEquals(List.of(UNCHECKED), notices);
    var table = BenchTable.of(result);
    assertTrue(table.contains("quant: q8_0, threads: 1, rounds: 2, environment: plain"), table);
    assertFalse(table.contains("FLOPs") || table.contains("loss"), table);
  }

  @Test
  void readingAPromptIsCountedByItsTokens() throws IOException {
    peer(ANSWERS);
    var result = run(GenerateWork.PREFILL, Optional.empty());
    assertEquals(OptionalDouble.of(256), result.theirs());
    assertTrue(result.ours() > 0);
  }

  @Test
  void aPeerThatFailsSaysItsLastWords() throws IOException {
    peer("echo 'no such file' >&2", "exit 7");
    var told =
        assertThrows(BenchException.class, () -> run(GenerateWork.DECODE, Optional.empty()))
            .getMessage();
    assertTrue(told.contains("ended with exit code 7") && told.contains("no such file"), told);
  }

  @Test
  void aPeerThatTalksNonsenseIsRefused() throws IOException {
    peer("echo hello");
    assertThrows(BenchException.class, () -> run(GenerateWork.DECODE, Optional.empty()));
    peer("echo '[]'");
    assertThrows(BenchException.class, () -> run(GenerateWork.DECODE, Optional.empty()));
  }

  @Test
  void withoutThePeerItGoesOnAlone() {
    var result = run(GenerateWork.DECODE, Optional.empty());
    assertEquals(2, notices.size());
    assertTrue(
        notices.getLast().contains("no program llama-bench in " + folder), notices.toString());
    assertEquals(BenchResult.NO_PEER, result.peer());
    assertEquals(OptionalDouble.empty(), result.ratio());
  }

  @Test
  void aModelThatIsNotThereIsNamed() {
    var file = folder.resolve("none.gguf");
    var told =
        assertThrows(BenchException.class, () -> run(GenerateWork.DECODE, Optional.of(file)));
    assertEquals("--model " + file + " is no file; name a .gguf file", told.getMessage());
  }

  @Test
  void aCommandIsTimedFromItsStartToItsEnd() throws IOException {
    var sleeper = Script.write(folder.resolve("sleeper"), "sleep 0.3", "echo $OMP_NUM_THREADS");
    var side = new Started("play", List.of(sleeper.toString()), 3, Environment.PLAIN);
    var lap = side.round(0);
    assertEquals(1, lap.tokens());
    assertTrue(lap.seconds() >= 0.3 && lap.seconds() < 20, lap.toString());
    var ran = Finished.run(side.command(), v -> Environment.PLAIN.apply(v, 3));
    assertEquals("3\n", ran.output());
    assertEquals(Files.exists(Path.of("/proc/self/status")), ran.residentBytes().isPresent());
  }

  @Test
  void secondsAreBetterWhenFewer() {
    var laps = List.of(new Lap(1, 2, Double.NaN, java.util.OptionalLong.empty()));
    var others = List.of(new Lap(1, 3, Double.NaN, java.util.OptionalLong.empty()));
    var figures = new Duel(PairedRounds.Better.LOWER, laps, others).figures();
    assertEquals(OptionalDouble.of(1.5), figures.ratio());
    assertEquals(2, figures.oursMedian());
  }

  /** What it is asked is told, and its figures are counted. */
  @Test
  void aServerIsAskedForManyTextsAtOnce() throws IOException {
    var java = Path.of(System.getProperty("java.home"), "bin", "java");
    Script.write(
        folder.resolve("llama-server"),
        "exec %s -cp '%s' %s \"$@\""
            .formatted(java, System.getProperty("java.class.path"), PlayServer.class.getName()));
    var asked = folder.resolve("asked");
    try (var server =
        LlamaServer.start(folder.resolve("llama-server"), asked, GenerateWork.STREAMS, 3)) {
      var lap = server.round(0);
      assertEquals(16 * PlayServer.TOLD, lap.tokens());
      assertTrue(lap.seconds() > 0);
    }
    var bodies = Files.readAllLines(asked);
    assertEquals(16, bodies.size());
    for (var body : bodies) {
      var json = BenchJson.MAPPER.readTree(body);
      assertEquals(128, json.path("prompt").size(), body);
      assertEquals(128, json.path("n_predict").asInt(), body);
      assertTrue(json.path("ignore_eos").asBoolean() && json.has("cache_prompt"), body);
    }
    assertEquals(16, bodies.stream().distinct().count());
  }

  @Test
  void aServerThatDiesIsTold() throws IOException {
    var program = Script.write(folder.resolve("llama-server"), "exit 1");
    assertThrows(
        BenchException.class, () -> LlamaServer.start(program, folder, GenerateWork.STREAMS, 1));
  }

  /** Nothing is converted for a peer that is not there. */
  @Test
  void aPeerInAJvmNeedsItsClasses() {
    for (var peer : List.of(GeneratePeer.JLAMA, GeneratePeer.LLAMA3_JAVA)) {
      notices.clear();
      var home = Optional.of(folder.resolve("none"));
      var result =
          new GenerateBench(
                  GenerateWork.DECODE,
                  GenerateSize.TINY,
                  GgufType.Q8_0,
                  Optional.empty(),
                  peer,
                  home,
                  Optional.empty(),
                  1,
                  new Rounds(1, 1),
                  Environment.PLAIN)
              .run(line -> {}, notices::add);
      assertEquals(BenchResult.NO_PEER, result.peer());
      assertEquals(2, notices.size());
      assertTrue(
          notices.getLast().contains("there is no folder " + home.get()), notices.toString());
    }
  }
}
