package inkstone.data;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TaggedTest {

  @TempDir Path folder = Path.of("");

  @Test
  void readsColumnsAndObjects() throws IOException {
    var conll = file("a.conll", "-DOCSTART- -X- O\n\nAnn NNP B-PER\nsaw VBD O\n\n\nRome\tB-LOC\n");
    var jsonl = file("b.jsonl", "{\"tokens\": [\"Rome\"], \"ner_tags\": [\"B-LOC\"]}\n\n");
    assertEquals(
        List.of(
            new Tagged(List.of("Ann", "saw"), List.of("B-PER", "O"), conll + ", line 3"),
            new Tagged(List.of("Rome"), List.of("B-LOC"), conll + ", line 7"),
            new Tagged(List.of("Rome"), List.of("B-LOC"), jsonl + ", line 1")),
        Tagged.read(List.of(conll, jsonl)));
  }

  @Test
  void tellsWhatIsWrongAndWhere() throws IOException {
    refused(folder.resolve("none.conll"), "there is no such file");
    refused(file("a.txt", "x"), "ends in .jsonl or .conll");
    refused(file("b.conll", "\n\n"), "there is no sentence in it");
    refused(file("c.conll", "Ann B-PER\nsaw\n"), "line 2: it has a word and no label");
    refused(
        file("d.jsonl", "{\"tokens\": [\"a\"], \"labels\": []}\n"), "line 1: 1 words and 0 labels");
    refused(
        file("e.jsonl", "{\"text\": \"a\"}\n"),
        "line 1: it needs a list under one of [tokens, words]");
    refused(file("f.jsonl", "{\"tokens\"\n"), "line 1: not JSON");
  }

  private static void refused(Path file, String words) {
    var e = assertThrows(CorpusException.class, () -> Tagged.read(List.of(file)));
    var message = String.valueOf(e.getMessage());
    assertTrue(message.startsWith(file.toString()) && message.contains(words), message);
  }

  private Path file(String name, String text) throws IOException {
    return Files.writeString(folder.resolve(name), text);
  }
}
