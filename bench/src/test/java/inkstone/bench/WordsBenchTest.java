package inkstone.bench;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Our true worker beside a play peer. */
class WordsBenchTest {

  @TempDir Path folder;
  private final List<String> notices = new ArrayList<>();

  private WordsWork work() throws IOException {
    var corpus = Files.writeString(folder.resolve("it's.txt"), "grind the ink\n".repeat(2000));
    return new WordsWork(corpus, "skipgram", "negative", true, 8, 2, 3, 1, WordsWork.SEED);
  }

  private BenchResult run(WordsWork work, String ready) throws IOException {
    var python = Script.worker(folder.resolve("python"), ready, Script.LAP);
    return new WordsBench(
            work,
            WordsPeer.GENSIM,
            Optional.of(python),
            Optional.empty(),
            new Rounds(2, 0.01),
            Environment.PLAIN)
        .run(line -> {}, notices::add);
  }

  @Test
  void bothSidesAreMeasured() throws IOException {
    var ready = "{\"ready\":true,\"name\":\"play 1.0\",\"vocabulary\":3,\"words\":6000}";
    var result = run(work(), ready);
    assertEquals("words", result.work());
    assertEquals("play 1.0", result.peer());
    assertEquals("words/s", result.unit());
    assertEquals(OptionalDouble.of(10), result.theirs());
    assertEquals(result.ours() / 10, result.ratio().orElseThrow(), 1e-9 * result.ours());
    assertEquals(6000L, result.details().get("words"));
    assertEquals(true, result.details().get("share_negatives"));
    assertTrue(((OptionalDouble) result.details().get("ours_loss")).orElseThrow() > 0);
    assertEquals(List.of(), notices);
  }

  @Test
  void otherWordsAreNoPeer() throws IOException {
    var work = work();
    var ready = "{\"ready\":true,\"name\":\"play 1.0\",\"vocabulary\":3,\"words\":5999}";
    var told = assertThrows(BenchException.class, () -> run(work, ready)).getMessage();
    assertTrue(told.startsWith("words: the peer (gensim) has 5999 and we have 6000: "), told);
  }

  @Test
  void theWordsOfAWorkComeBack() throws IOException {
    var work = work();
    assertEquals(work, WordsWork.parse(work.words().toArray(String[]::new)));
    var corpus = work.corpus();
    assertThrows(
        BenchException.class,
        () -> new WordsWork(corpus, "cbow", "negative", true, 8, 2, 0, 1, WordsWork.SEED));
    assertTrue(
        assertThrows(
                BenchException.class,
                () -> new WordsWork(folder, "cbow", "negative", true, 8, 2, 1, 1, 1))
            .getMessage()
            .contains("there is no such file"));
  }
}
