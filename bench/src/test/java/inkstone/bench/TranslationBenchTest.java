package inkstone.bench;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Our true worker beside a play peer. */
class TranslationBenchTest {

  @TempDir Path folder;
  private final List<String> notices = new ArrayList<>();

  private BenchResult run(Path python) {
    return new TranslationBench(
            TranslationSize.TINY,
            1,
            1,
            Peer.PYTORCH,
            Optional.of(python),
            new Rounds(2, 0.01),
            Environment.PLAIN)
        .run(line -> {}, notices::add);
  }

  private Path peer(long parameters) throws IOException {
    var ready = "{\"ready\":true,\"name\":\"play 1.0\",\"parameters\":" + parameters + "}";
    return Script.worker(folder.resolve("python"), ready, Script.LAP);
  }

  @Test
  void bothSidesAreMeasured() throws IOException {
    var result = run(peer(TranslationSize.TINY.config().parameters()));
    assertEquals("translation", result.work());
    assertEquals("play 1.0", result.peer());
    assertEquals(OptionalDouble.of(10), result.theirs());
    assertEquals(result.ours() / 10, result.ratio().orElseThrow(), 1e-9 * result.ours());
    // Random tokens cannot be learnt: the loss stays near that of a guess.
    var loss = (OptionalDouble) result.details().get("ours_loss");
    assertEquals(Math.log(64), loss.orElseThrow(), 1);
    assertEquals(List.of(), notices);
  }

  @Test
  void anotherNetworkIsNoPeer() throws IOException {
    var peer = peer(17);
    var told = String.valueOf(assertThrows(BenchException.class, () -> run(peer)).getMessage());
    assertTrue(told.startsWith("the peer (pytorch) trains 17 weights, we train "), told);
  }

  @Test
  void sizesHaveNames() {
    assertEquals(TranslationSize.MULTI30K, TranslationSize.of("multi30k"));
    assertThrows(BenchException.class, () -> TranslationSize.of("huge"));
  }
}
