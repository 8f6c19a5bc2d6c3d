package inkstone.bench;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import inkstone.bench.Arrival.Came;
import inkstone.bench.Arrival.Missing;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PythonTest {

  private static final String SCRIPT = "bench/peers/gpt.py";

  @TempDir Path folder;

  private static Arrival start(Path python, String script) {
    return Python.start("the peer", Optional.of(python), script, List.of("--x", "1"), 3);
  }

  @Test
  void aMissingProgramIsTold() {
    var none = folder.resolve("none");
    var told = assertInstanceOf(Missing.class, start(none, SCRIPT)).why();
    assertEquals(
        "the peer: no Python can be started as "
            + none
            + "; install one with torch, or name it by --python FILE; going on without a peer",
        told);
  }

  @Test
  void aMissingScriptIsTold() throws IOException {
    var python = Script.write(folder.resolve("python"), "exit 0");
    var told = assertInstanceOf(Missing.class, start(python, "bench/peers/no.py")).why();
    assertTrue(told.startsWith("the peer: there is no bench/peers/no.py in"), told);
    assertTrue(told.endsWith("; going on without a peer"), told);
  }

  @Test
  void whatThePeerItselfLacksIsTold() throws IOException {
    var python =
        Script.write(
            folder.resolve("p"), "echo '{\"ready\":false,\"why\":\"no torch; install it\"}'");
    assertEquals(
        new Missing("the peer: no torch; install it; going on without a peer"),
        start(python, SCRIPT));
  }

  @Test
  void oneThatDiesAtItsStartIsAnError() throws IOException {
    var python = Script.write(folder.resolve("p"), "echo boom >&2; exit 1");
    var told = assertThrows(BenchException.class, () -> start(python, SCRIPT)).getMessage();
    assertTrue(told.endsWith("ended with exit code 1; its last words:\n  boom"), told);
  }

  @Test
  void itGetsTheScriptTheWordsAndAPlainEnvironment() throws IOException {
    var python =
        Script.worker(
            folder.resolve("p"),
            "{\"ready\":true,\"words\":\"'\"$0 $*\"'\",\"arenas\":\"'$MALLOC_ARENA_MAX'\",\"threads\":'$OMP_NUM_THREADS'}",
            Script.LAP);
    var came = assertInstanceOf(Came.class, start(python, SCRIPT));
    try (var peer = came.contender()) {
      assertEquals("", came.ready().path("arenas").asString()); // the tests' own JVM has it
      assertEquals(3, came.ready().path("threads").asInt());
      assertTrue(came.ready().path("words").asString().endsWith("gpt.py --x 1"), came.toString());
      assertEquals(20, peer.round(1).tokens());
    }
  }
}
