package inkstone.data;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CorpusTest {

  @TempDir Path folder;

  private Path write(String name, String text) throws IOException {
    return write(name, text.getBytes(UTF_8));
  }

  private Path write(String name, byte[] bytes) throws IOException {
    var path = folder.resolve(name);
    Files.createDirectories(path.toAbsolutePath().getParent());
    if (!name.endsWith(".gz")) {
      return Files.write(path, bytes);
    }
    try (var out = new GZIPOutputStream(Files.newOutputStream(path))) {
      out.write(bytes);
    }
    return path;
  }

  private Corpus corpus() {
    return Corpus.of(List.of(folder));
  }

  private String place(String name) {
    return folder.resolve(name).toString();
  }

  @Test
  void readsEveryKindOfFileInTheOrderOfThePaths() throws IOException {
    write("b.txt", "b\r\n");
    write("a/z.md", "# z");
    write("c.jsonl", "{\"text\":\"one\",\"id\":1}\n\n{\"text\":\"zwei\\u00fc\"}");
    write("d.txt.gz", "packed");
    write("e.JSONL.GZ".toLowerCase(java.util.Locale.ROOT), "{\"text\":\"packed line\"}\n");
    write("f.TXT", "upper");
    write(".hidden/x.txt", "no");
    write(".x.txt", "no");
    var documents = Read.all(corpus());
    assertEquals(
        List.of("# z", "b\r\n", "one", "zweiü", "packed", "packed line", "upper"),
        documents.stream().map(Document::text).toList());
    assertEquals(List.of(0, 1, 2, 2, 3, 4, 5), documents.stream().map(Document::source).toList());
    assertEquals(
        List.of(place("a/z.md"), place("b.txt"), place("c.jsonl") + ":1", place("c.jsonl") + ":3"),
        documents.subList(0, 4).stream().map(Document::name).toList());
    assertTrue(documents.stream().noneMatch(Document::continues));
    assertEquals(List.of(), Read.skips(corpus()));
    assertEquals(documents, Read.all(corpus()));
  }

  @Test
  void pathsKeepTheirOrderAndCountOnce() throws IOException {
    var a = write("a.txt", "a");
    var b = write("b.txt", "b");
    assertEquals(List.of("b", "a"), Read.texts(Corpus.of(List.of(b, folder, a))));
  }

  @Test
  void aLinkedFolderIsRead() throws IOException {
    write("real/a.txt", "a");
    var link = Files.createSymbolicLink(folder.resolve("link"), folder.resolve("real"));
    assertEquals(List.of("a"), Read.texts(Corpus.of(List.of(link))));
  }

  @Test
  void theByteOrderMarkGoes() throws IOException {
    write("a.txt", "\uFEFFtext");
    write("b.jsonl", "\uFEFF{\"text\":\"line\"}");
    assertEquals(List.of("text", "line"), Read.texts(corpus()));
  }

  @Test
  void whatIsNoTextIsSkippedAndNamed() throws IOException {
    write("binary.txt", new byte[] {'a', 0, 'b'});
    write("empty.txt", "");
    write("empty.jsonl", "");
    write("blank.md", " \n\t");
    write("gbk.txt", new byte[] {(byte) 0xC4, (byte) 0xE3});
    write("good.txt", "good");
    write("picture.png", "x");
    Files.write(folder.resolve("broken.txt.gz"), new byte[] {1, 2, 3});
    assertEquals(List.of("good"), Read.texts(corpus()));
    var skips = Read.skips(corpus());
    assertEquals(
        List.of(
            place("picture.png"),
            place("binary.txt"),
            place("blank.md"),
            place("broken.txt.gz"),
            place("empty.jsonl"),
            place("empty.txt"),
            place("gbk.txt")),
        skips.stream().map(Skipped::place).toList());
    assertTrue(skips.get(0).reason().startsWith("of an unknown kind"));
    assertEquals("binary (it holds a zero byte)", skips.get(1).reason());
    assertEquals("empty", skips.get(2).reason());
    assertTrue(skips.get(3).reason().startsWith("cannot be read: "));
    assertEquals("empty", skips.get(4).reason());
    assertEquals("empty", skips.get(5).reason());
    assertEquals("not valid UTF-8; convert it", skips.get(6).reason());
    assertEquals(place("empty.txt") + ": empty", skips.get(5).toString());
  }

  @Test
  void aBadLineIsSkippedAndNamed() throws IOException {
    var lines =
        "{\"text\":\"good\"}\nnot json\n{\"body\":1}\n{\"text\":7}\n{\"text\":\" \"}\n"
            + "{\"text\":\"\\ud800\"}\n\u0000\n{\"text\":\"also good\"}";
    write("a.jsonl", lines);
    assertEquals(List.of("good", "also good"), Read.texts(corpus()));
    var skips = Read.skips(corpus());
    assertEquals(
        List.of(":2", ":3", ":4", ":5", ":6", ":7"),
        skips.stream().map(s -> s.place().substring(place("a.jsonl").length())).toList());
    assertTrue(skips.get(0).reason().startsWith("not JSON: "));
    assertEquals("no \"text\" field that holds a string", skips.get(1).reason());
    assertEquals("no \"text\" field that holds a string", skips.get(2).reason());
    assertEquals("its text is empty", skips.get(3).reason());
    assertEquals("its text holds half a surrogate pair", skips.get(4).reason());
    assertEquals("binary (it holds a zero byte)", skips.get(5).reason());
  }

  @Test
  void aMissingOrUselessPathIsRefused() throws IOException {
    var gone = folder.resolve("gone");
    var missing = assertThrows(CorpusException.class, () -> Corpus.of(List.of(gone))).getMessage();
    assertEquals(gone + ": there is no such file or folder; check the corpus path", missing);
    var odd = write("book.pdf", "x");
    var useless = assertThrows(CorpusException.class, () -> Corpus.of(List.of(odd)));
    assertTrue(String.valueOf(useless.getMessage()).contains("book.pdf: of an unknown kind"));
    Files.delete(odd);
    assertThrows(CorpusException.class, this::corpus);
  }

  @Test
  void aLongFileComesInPartsThatContinue() throws IOException {
    var text = "line of text\n".repeat(200_000);
    write("long.txt", text);
    write("packed.txt.gz", text);
    var documents = Read.all(corpus());
    assertEquals(
        List.of(false, true, true, false, true, true),
        documents.stream().map(Document::continues).toList());
    assertEquals(text + text, Read.text(corpus()));
    assertTrue(documents.stream().allMatch(part -> part.text().endsWith("\n")));
    assertTrue(documents.stream().allMatch(part -> part.bytes() <= (1 << 20) + 13));
  }

  @Test
  void aLongLineComesInPartsThatContinue() throws IOException {
    var text = "x".repeat((1 << 20) + 1);
    write("a.jsonl", "{\"text\":\"%s\"}\n{\"text\":\"next\"}".formatted(text));
    var documents = Read.all(corpus());
    assertEquals(
        List.of(1 << 20, 1, 4), documents.stream().map(part -> part.text().length()).toList());
    assertEquals(List.of(false, true, false), documents.stream().map(Document::continues).toList());
  }

  @Test
  void aBadPlaceFarIntoAFileLosesThatPartOnly() throws IOException {
    var bytes = "line\n".repeat(1 << 20).getBytes(UTF_8);
    bytes[5 << 19] = (byte) 0xFF;
    write("a.txt", bytes);
    var documents = Read.all(corpus());
    assertEquals(4, documents.size());
    assertEquals(
        List.of(false, true, false, true), documents.stream().map(Document::continues).toList());
    var skips = Read.skips(corpus());
    assertEquals(1, skips.size());
    assertEquals(place("a.txt") + ", bytes 2097155 to 3145729", skips.getFirst().place());
  }

  @Test
  void aSampleIsDrawnBySeedAndCloseToItsBudget() throws IOException {
    var lines = new StringBuilder();
    for (int i = 0; i < 6_000; i++) {
      lines.append("{\"text\":\"document %05d with its text\\n\"}\n".formatted(i));
      if (i % 20 == 0) {
        write("files/%05d.txt".formatted(i), "file %05d\n".formatted(i).repeat(20));
      }
    }
    write("lines.jsonl", lines.toString());
    write("huge.txt", "a line of a very long file\n".repeat(10_000));
    write("huge.txt.gz", "a line of a packed file\n".repeat(10_000));
    long total = Survey.of(corpus()).bytes();
    var whole = corpus().sample(1, 10 * total);
    assertEquals(1, whole.share());
    assertEquals(Read.text(corpus()), Read.text(whole));
    var budget = total / 5;
    var sample = corpus().sample(1, budget);
    var read = Survey.of(sample).bytes();
    // Lines of JSON count with their punctuation, so a little less than the budget comes.
    assertTrue(read > 0.7 * budget && read < 1.3 * budget, read + " of " + budget);
    assertTrue(sample.share() > 0.15 && sample.share() <= 0.2, "share " + sample.share());
    assertEquals(Read.all(sample), Read.all(corpus().sample(1, budget)));
    assertFalse(Read.texts(sample).equals(Read.texts(corpus().sample(2, budget))));
    var everything = Read.text(corpus());
    for (var part : Read.texts(sample).subList(0, 200)) {
      assertTrue(everything.contains(part));
    }
    var sources = Read.all(sample).stream().map(Document::source).distinct().count();
    assertTrue(sources > 40, "sources " + sources);
  }

  @Test
  void aBudgetMustBePositive() throws IOException {
    write("a.txt", "0123456789");
    assertThrows(IllegalArgumentException.class, () -> corpus().sample(1, 0));
    assertEquals(1, corpus().sample(1, 10).share());
    assertEquals(0.9, corpus().sample(1, 9).share());
  }

  @Test
  void bytesAreCutWhereAsked() throws IOException {
    write("a.txt", "墨ab");
    write("b.txt", "cd");
    assertArrayEquals("墨abcd".getBytes(UTF_8), corpus().bytes(100));
    assertArrayEquals("墨abc".getBytes(UTF_8), corpus().bytes(6));
    assertArrayEquals(new byte[0], corpus().bytes(0));
  }

  @Test
  void aDocumentKnowsItsBytes() {
    for (var text : List.of("", "a", "\u007f\u0080\u07ff\u0800\uffff", "😀é墨a")) {
      assertEquals(text.getBytes(UTF_8).length, new Document("x", 0, text, false).bytes(), text);
    }
  }
}
