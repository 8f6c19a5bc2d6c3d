package inkstone.data;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import inkstone.data.Split.Kind;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SplitTest {

  @TempDir Path folder;

  private static List<String> documents(int count) {
    var texts = new ArrayList<String>();
    for (int i = 0; i < count; i++) {
      texts.add("document %06d\n".formatted(i));
    }
    return texts;
  }

  private Corpus file(String text) throws IOException {
    Files.writeString(folder.resolve("file.txt"), text);
    return Corpus.of(List.of(folder));
  }

  private static Kind kind(List<String> texts) {
    return Split.of(Read.of(texts), Kind.DOCUMENT, 1).kind();
  }

  @Test
  void documentsArePartedWithoutOverlapOrLoss() {
    for (int seed = 0; seed < 20; seed++) {
      var random = new Random(seed);
      var texts = new ArrayList<String>();
      for (int i = 0; i < 100 + random.nextInt(1000); i++) {
        texts.add(random.nextLong() + "x".repeat(random.nextInt(40)));
      }
      var split = Split.of(Read.of(texts), Kind.DOCUMENT, seed);
      assertEquals(Kind.DOCUMENT, split.kind());
      var training = Read.texts(split.training());
      var heldOut = Read.texts(split.heldOut());
      assertTrue(Collections.disjoint(new HashSet<>(training), new HashSet<>(heldOut)));
      var both = new ArrayList<>(training);
      both.addAll(heldOut);
      Collections.sort(both);
      var all = new ArrayList<>(texts);
      Collections.sort(all);
      assertEquals(all, both, "seed " + seed);
      long bytes = split.heldOutBytes().length;
      var total = split.survey().bytes();
      assertTrue(bytes <= total / 10 && bytes > total / 10 - 100, "seed " + seed);
      assertEquals(heldOut, Read.texts(split.heldOut()));
      assertArrayEquals(String.join("", heldOut).getBytes(UTF_8), split.heldOutBytes());
    }
  }

  @Test
  void anotherSeedHoldsOutOthers() {
    var texts = documents(1000);
    var one = Read.texts(Split.of(Read.of(texts), Kind.DOCUMENT, 1).heldOut());
    assertEquals(one, Read.texts(Split.of(Read.of(texts), Kind.DOCUMENT, 1).heldOut()));
    assertNotEquals(one, Read.texts(Split.of(Read.of(texts), Kind.DOCUMENT, 2).heldOut()));
  }

  @Test
  void copiesOfADocumentStayTogether() {
    var texts = new ArrayList<>(documents(500));
    texts.addAll(documents(500));
    var split = Split.of(Read.of(texts), Kind.DOCUMENT, 5);
    var training = new HashSet<>(Read.texts(split.training()));
    var heldOut = Read.texts(split.heldOut());
    assertFalse(heldOut.isEmpty());
    assertTrue(heldOut.stream().noneMatch(training::contains));
  }

  @Test
  void fewDocumentsOrALongOneAreCutAtTheirEnd() {
    assertEquals(Kind.TAIL, kind(documents(99)));
    assertEquals(Kind.DOCUMENT, kind(documents(100)));
    // 99 documents of 16 bytes and one of 176, which is exactly a tenth of the whole.
    var texts = new ArrayList<>(documents(99));
    texts.add("x".repeat(176));
    assertEquals(Kind.DOCUMENT, kind(texts));
    texts.set(99, "x".repeat(177));
    assertEquals(Kind.TAIL, kind(texts));
    assertEquals(Kind.TAIL, Split.of(Read.of(documents(500)), Kind.TAIL, 1).kind());
  }

  @Test
  void documentsTooLongForTheHeldOutTextStayInTraining() {
    var texts = new ArrayList<>(documents(10_000));
    for (int i = 0; i < 8; i++) {
      texts.add("%016d".formatted(i).repeat(1250));
    }
    // 160,000 bytes in short documents, as many in eight that are each more than half of a tenth.
    var split = Split.of(Read.of(texts), Kind.DOCUMENT, 1);
    assertEquals(Kind.DOCUMENT, split.kind());
    assertEquals(32_000, split.heldOutBytes().length);
    assertTrue(Read.texts(split.heldOut()).stream().allMatch(text -> text.length() == 16));
    var manyLong = Read.texts(split.training()).stream().filter(text -> text.length() > 16);
    assertEquals(8, manyLong.count());
    // One short document less: most text stands in long ones, and the whole is cut at its end.
    assertEquals(Kind.TAIL, kind(texts.subList(1, texts.size())));
  }

  @Test
  void theTailStartsAtALineBreakAndIsNoMoreThanATenth() throws IOException {
    var lines = new StringBuilder();
    for (int i = 0; i < 1000; i++) {
      lines.append("line %03d\n".formatted(i));
    }
    var split = Split.of(file(lines.toString()), Kind.DOCUMENT, 1);
    assertEquals(Kind.TAIL, split.kind());
    assertEquals(lines.substring(0, 8100), Read.text(split.training()));
    assertEquals(lines.substring(8100), Read.text(split.heldOut()));
    // One byte more: the tenth no longer starts at a line, the cut moves to the next one.
    split = Split.of(file("x" + lines), Kind.DOCUMENT, 1);
    assertEquals("x" + lines.substring(0, 8100), Read.text(split.training()));
    split = Split.of(file(lines + "x"), Kind.DOCUMENT, 1);
    assertEquals(lines.substring(0, 8109), Read.text(split.training()));
  }

  @Test
  void withoutALineBreakTheTailStartsAtACharacter() throws IOException {
    var split = Split.of(file("墨".repeat(100)), Kind.TAIL, 1);
    assertEquals("墨".repeat(95), Read.text(split.training()));
    assertEquals("墨".repeat(5), Read.text(split.heldOut()));
    split = Split.of(file("a".repeat(100)), Kind.TAIL, 1);
    assertEquals(95, Read.text(split.training()).length());
    assertEquals(5, split.heldOutBytes().length);
  }

  @Test
  void eachFileGivesItsEndAndALongFileIsCutAcrossItsParts() throws IOException {
    var text = new StringBuilder();
    for (int i = 0; i < 250_000; i++) {
      text.append("%07d\n".formatted(i));
    }
    Files.writeString(folder.resolve("a.txt"), text);
    Files.writeString(folder.resolve("b.txt"), text.substring(0, 80_000));
    var corpus = Corpus.of(List.of(folder));
    var split = Split.of(corpus, Kind.DOCUMENT, 1);
    assertEquals(Kind.TAIL, split.kind());
    assertEquals(
        text.substring(0, 1_800_000) + text.substring(0, 72_000), Read.text(split.training()));
    assertEquals(
        text.substring(1_800_000) + text.substring(72_000, 80_000), Read.text(split.heldOut()));
    var continues = Read.all(split.heldOut()).stream().map(Document::continues).toList();
    assertEquals(List.of(false, false), continues);
    continues = Read.all(split.training()).stream().map(Document::continues).toList();
    assertEquals(List.of(false, true, false), continues);
  }

  @Test
  void theTailOfMuchTextIsTwoMebibytes() throws IOException {
    Files.writeString(folder.resolve("a.txt"), "0123456\n".repeat(3 << 20));
    Files.writeString(folder.resolve("b.txt"), "7654321\n".repeat(1 << 20));
    var split = Split.of(Corpus.of(List.of(folder)), Kind.DOCUMENT, 1);
    assertEquals(Split.MOST, split.heldOutBytes().length);
    var heldOut = new String(split.heldOutBytes(), UTF_8);
    assertEquals("0123456\n".repeat(3 << 16) + "7654321\n".repeat(1 << 16), heldOut);
    assertEquals(30 << 20, Survey.of(split.training()).bytes());
    var parts = Read.all(split.heldOut());
    assertEquals(List.of(false, true, false).subList(0, 1), List.of(parts.getFirst().continues()));
  }

  @Test
  void tailsOfRandomTextPartItExactly() throws IOException {
    for (int seed = 0; seed < 100; seed++) {
      var random = new Random(seed);
      var text = new StringBuilder();
      for (int i = random.nextInt(100, 400); i > 0; i--) {
        text.append(List.of("a", "bc\n", "é", "墨", "😀", "\n").get(random.nextInt(6)));
      }
      var split = Split.of(file(text.toString()), Kind.TAIL, seed);
      var training = Read.text(split.training());
      assertEquals(text.toString(), training + Read.text(split.heldOut()), "seed " + seed);
      var most = text.toString().getBytes(UTF_8).length / 10;
      var held = split.heldOutBytes().length;
      assertTrue(held >= 1 && held <= most, "seed " + seed);
      assertTrue(training.endsWith("\n") || held <= most / 2 + 1, "seed " + seed);
    }
  }

  @Test
  void linesOfJsonAreCutBetweenDocumentsToo() {
    var split = Split.of(Read.of(documents(50)), Kind.DOCUMENT, 1);
    assertEquals(Kind.TAIL, split.kind());
    assertEquals(documents(50).subList(0, 45), Read.texts(split.training()));
    assertEquals(documents(50).subList(45, 50), Read.texts(split.heldOut()));
    var plain = documents(50).stream().map(String::strip).toList();
    assertEquals(
        plain.subList(45, 50), Read.texts(Split.of(Read.of(plain), Kind.TAIL, 1).heldOut()));
  }

  @Test
  void tooLittleTextIsRefused() throws IOException {
    var few = file("x".repeat(79));
    var error = assertThrows(CorpusException.class, () -> Split.of(few, Kind.DOCUMENT, 1));
    assertEquals(
        "the corpus holds 79 bytes in 1 documents, too few to hold some of them out; give it more text",
        error.getMessage());
    assertEquals(Kind.TAIL, Split.of(file("x".repeat(80)), Kind.DOCUMENT, 1).kind());
    var none = file("");
    var message = assertThrows(CorpusException.class, () -> Split.of(none, Kind.TAIL, 1));
    assertTrue(
        String.valueOf(message.getMessage())
            .startsWith("the corpus holds no usable text; skipped were 1: ["));
  }

  @Test
  void aSurveyCountsDocumentsNotParts() throws IOException {
    Files.writeString(folder.resolve("long.txt"), "0123456\n".repeat(1 << 18));
    Files.writeString(folder.resolve("note.txt"), "墨");
    for (int i = 0; i < 30; i++) {
      Files.writeString(folder.resolve("odd%02d.bin".formatted(i)), "x");
    }
    var survey = Survey.of(Corpus.of(List.of(folder)));
    assertEquals(2, survey.documents());
    assertEquals((1 << 21) + 3, survey.bytes());
    assertEquals(1 << 21, survey.largest());
    assertEquals(List.of(1L << 21, 3L), survey.sources());
    assertEquals(30, survey.skipped());
    assertEquals(Survey.EXAMPLES, survey.examples().size());
  }
}
