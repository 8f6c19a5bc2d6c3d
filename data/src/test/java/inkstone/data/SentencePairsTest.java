package inkstone.data;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.stream.IntStream;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SentencePairsTest {

  @TempDir Path folder;

  private Path file(String name, String text) throws IOException {
    return Files.writeString(folder.resolve(name), text);
  }

  @Test
  void twoFilesLineByLine() throws IOException {
    var left = file("a.en", "\uFEFFone\r\ntwo\n\nfour\u2028 five");
    var right = folder.resolve("a.de.gz");
    try (var out = new GZIPOutputStream(Files.newOutputStream(right))) {
      out.write("eins\nzwei\ndrei\nvier\n".getBytes(StandardCharsets.UTF_8));
    }
    var pairs = SentencePairs.read(left, right);
    assertEquals(List.of("one", "two", "four\u2028 five"), pairs.sources());
    assertEquals(List.of("eins", "zwei", "vier"), pairs.targets());
    assertEquals(pairs.targets(), pairs.reversed().sources());
    assertEquals(3, pairs.size());
  }

  @Test
  void columns() throws IOException {
    var pairs = SentencePairs.readColumns(file("p.tsv", "Hi.\t嗨。\tby somebody\nRun.\t跑\n"));
    assertEquals(List.of("Hi.", "Run."), pairs.sources());
    assertEquals(List.of("嗨。", "跑"), pairs.targets());
    var bad = file("bad.tsv", "Hi.\t嗨。\nRun.\n");
    var e = assertThrows(CorpusException.class, () -> SentencePairs.readColumns(bad));
    assertTrue(String.valueOf(e.getMessage()).contains("line 2"), e.getMessage());
  }

  @Test
  void whatDoesNotFitIsTold() throws IOException {
    var left = file("l", "a\nb\n");
    var right = file("r", "a\n");
    var e = assertThrows(CorpusException.class, () -> SentencePairs.read(left, right));
    assertTrue(String.valueOf(e.getMessage()).contains("has 2 lines"), e.getMessage());
    var none = folder.resolve("none");
    assertThrows(CorpusException.class, () -> SentencePairs.read(none, right));
    Files.write(right, new byte[] {(byte) 0xFF, 'a', '\n', 'b', '\n'});
    var broken = assertThrows(CorpusException.class, () -> SentencePairs.read(left, right));
    assertTrue(String.valueOf(broken.getMessage()).contains("UTF-8"), broken.getMessage());
  }

  @Test
  void heldOutIsDisjointAndRepeatable() {
    var sources = IntStream.range(0, 2000).mapToObj(i -> "s" + i / 2).toList();
    var targets = IntStream.range(0, 2000).mapToObj(i -> "t" + i).toList();
    var pairs = new SentencePairs(sources, targets);
    var parted = pairs.holdOut(200, 5);
    assertEquals(parted, pairs.holdOut(200, 5));
    assertEquals(2000, parted.training().size() + parted.heldOut().size());
    assertEquals(200, parted.heldOut().size(), 60);
    var seen = new HashSet<>(parted.training().sources());
    assertTrue(parted.heldOut().sources().stream().noneMatch(seen::contains));
    assertThrows(CorpusException.class, () -> pairs.holdOut(2000, 5));
  }
}
