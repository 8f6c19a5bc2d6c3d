package inkstone.data;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ExamplesTest {

  @TempDir Path folder = Path.of("");

  @Test
  void readsACsvWithQuotesAndLineFeedsInside() throws IOException {
    var file =
        file("a.csv", "\uFEFFlabel,review\r\n1,\"a \"\"good\"\", one\nindeed\"\r\n0,bad\r\n\r\n");
    assertEquals(
        List.of(
            new Example("a \"good\", one\nindeed", Optional.empty(), "1", file + ", line 2"),
            new Example("bad", Optional.empty(), "0", file + ", line 4")),
        Examples.read(List.of(file), Columns.USUAL));
  }

  @Test
  void readsATsvInWhichNothingIsQuoted() throws IOException {
    var file = file("a.tsv", "sentence\tlabel\n\"so \tyes\nwhat , no\t no \n");
    assertEquals(
        List.of(
            new Example("\"so ", Optional.empty(), "yes", file + ", line 2"),
            new Example("what , no", Optional.empty(), "no", file + ", line 3")),
        Examples.read(List.of(file), Columns.USUAL));
  }

  @Test
  void readsPairsOfObjectsAndOfColumns() throws IOException {
    var jsonl = file("a.jsonl", "{\"q\": \"who\", \"a\": \"you\", \"label\": 3}\n\n");
    var tsv = file("b.tsv", "q\ta\tlabel\nwho\tyou\t3\n");
    for (var file : List.of(jsonl, tsv)) {
      var example = Examples.read(List.of(file), new Columns("q", "a", "")).getFirst();
      assertEquals("who", example.text());
      assertEquals(Optional.of("you"), example.pair());
      assertEquals("3", example.label());
    }
  }

  @Test
  void readsLinesWithoutLabels() throws IOException {
    var file = file("a.txt", " one \n\ntwo");
    assertEquals(
        List.of("one", "two"),
        Examples.read(List.of(file), Columns.USUAL).stream().map(Example::text).toList());
  }

  @Test
  void tellsWhatIsWrongAndWhere() throws IOException {
    refused(folder.resolve("none.csv"), Columns.USUAL, "there is no such file");
    refused(file("a.xls", "x"), Columns.USUAL, "ends in .csv, .tsv, .jsonl or .txt");
    refused(file("b.csv", "text,label\n"), Columns.USUAL, "there is no example in it");
    refused(file("c.csv", "text,label\n1,2,3\n"), Columns.USUAL, "line 2: it has 3 fields");
    refused(file("d.csv", "text,label\n\"open,1\n"), Columns.USUAL, "line 2: a quote is opened");
    refused(
        file("e.csv", "text,label\n\"a\"b,1\n"), Columns.USUAL, "line 2: a quoted field goes on");
    refused(
        file("f.csv", "words,label\na,1\n"), Columns.USUAL, "none of the columns [words, label]");
    refused(file("g.csv", "text,label\na,1\n"), new Columns("", "", "mood"), "no column 'mood'");
    refused(file("h.csv", "text,label\na,1\n"), new Columns("", "other", ""), "no column 'other'");
    refused(
        file("i.jsonl", "{\"text\": \"a\"}\n[1]\n"), Columns.USUAL, "line 2: it must be an object");
    refused(file("j.jsonl", "{\"text\": 7}\n"), Columns.USUAL, "line 1: its text must be a string");
    refused(file("k.jsonl", "{\"text\n"), Columns.USUAL, "line 1: not JSON");
    var bytes = folder.resolve("l.txt");
    Files.write(bytes, new byte[] {(byte) 0xC3, 0x28});
    refused(bytes, Columns.USUAL, "is not UTF-8");
  }

  private static void refused(Path file, Columns columns, String words) {
    var e = assertThrows(CorpusException.class, () -> Examples.read(List.of(file), columns));
    var message = String.valueOf(e.getMessage());
    assertTrue(message.startsWith(file.toString()) && message.contains(words), message);
  }

  private Path file(String name, String text) throws IOException {
    return Files.writeString(folder.resolve(name), text);
  }
}
