package inkstone.model;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import inkstone.tensor.Tensor;
import inkstone.text.Tokenizer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.json.JsonMapper;

class SentencesTest {

  private static final Path RESOURCES = Path.of("src/test/resources/encoders");

  private static final String VOCABULARY =
      "[PAD]\n[UNK]\n[CLS]\n[SEP]\n[MASK]\n" + String.join("\n", "abcdefghij".split("")) + "\n";

  /** A sentence of sentence-transformers with a real encoder; see sentence_fixtures.py. */
  @Test
  @EnabledIfSystemProperty(named = "inkstone.minilm", matches = ".+")
  void sameRowsAsSentenceTransformers() throws IOException {
    var texts = new ArrayList<String>();
    var expected = new ArrayList<float[]>();
    var cosines = new ArrayList<Double>();
    for (var line : Files.readAllLines(RESOURCES.resolve("minilm.jsonl"))) {
      var json = new JsonMapper().readTree(line);
      texts.add(json.get("text").stringValue());
      var numbers = new float[json.get("numbers").size()];
      for (int i = 0; i < numbers.length; i++) {
        numbers[i] = json.get("numbers").get(i).floatValue();
      }
      expected.add(numbers);
      cosines.add(json.get("cosine").doubleValue());
    }
    try (var encoder = SentenceEncoder.open(Path.of(System.getProperty("inkstone.minilm")))) {
      var rows = encoder.embedAll(texts);
      for (int i = 0; i < rows.size(); i++) {
        var first = java.util.Arrays.copyOf(rows.get(i), expected.get(i).length);
        assertArrayEquals(expected.get(i), first, 1e-4f, texts.get(i));
        double cosine = 0;
        for (int d = 0; d < rows.get(i).length; d++) {
          cosine += rows.get(i)[d] * rows.getFirst()[d];
        }
        assertEquals(cosines.get(i), cosine, 1e-4, texts.get(i));
      }
    }
  }

  @Test
  void manyTextsAreAsEachByItself(@TempDir Path folder) throws IOException {
    model(folder);
    long live = Tensor.live();
    try (var encoder = SentenceEncoder.open(folder)) {
      var texts = List.of("a b c", "d", "", "e f g h i j a b c d e f g h i j a b c d e f", "j i");
      var all = encoder.embedAll(texts);
      for (int i = 0; i < texts.size(); i++) {
        assertArrayEquals(encoder.embed(texts.get(i)), all.get(i), 1e-5f);
        double squares = 0;
        for (float x : all.get(i)) {
          squares += x * x;
        }
        assertEquals(1, squares, 1e-5);
      }
    }
    assertEquals(live, Tensor.live());
  }

  private static void model(Path folder) throws IOException {
    for (var file : List.of("config.json", "model.safetensors")) {
      Files.copy(RESOURCES.resolve("bert-base").resolve(file), folder.resolve(file));
    }
    Files.writeString(folder.resolve("vocab.txt"), VOCABULARY);
  }

  @Test
  void aModelWithoutAHeadIsNoClassifier(@TempDir Path folder) throws IOException {
    model(folder);
    long live = Tensor.live();
    var e = assertThrows(ModelException.class, () -> TextClassifier.open(folder));
    assertTrue(
        String.valueOf(e.getMessage()).contains("no head for classification"), e.getMessage());
    assertEquals(live, Tensor.live());
  }

  @Test
  void sequencesAreCutToFit(@TempDir Path folder) throws IOException {
    Files.writeString(folder.resolve("vocab.txt"), VOCABULARY);
    var sequences = new Sequences(Tokenizer.open(folder), 9);
    assertArrayEquals(new int[] {2, 5, 6, 3}, sequences.of("a b").ids());
    assertArrayEquals(
        new int[] {2, 5, 6, 7, 8, 9, 10, 11, 3}, sequences.of("a b c d e f g h i j").ids());
    // Six tokens of text fit beside three around them: the longer gives first, then both.
    assertArrayEquals(
        new int[] {2, 5, 6, 7, 8, 3, 9, 10, 3}, sequences.of("a b c d e f", "e f").ids());
    assertArrayEquals(
        new int[] {2, 5, 6, 7, 3, 9, 10, 11, 3}, sequences.of("a b c d", "e f g h i j").ids());
    assertArrayEquals(
        new int[] {0, 0, 0, 0, 0, 1, 1, 1, 1}, sequences.of("a b c d", "e f g h i j").types());
    var parts = sequences.all("a b c d e f g h i j");
    assertEquals(2, parts.size());
    assertArrayEquals(new int[] {2, 12, 13, 14, 3}, parts.getLast().ids());
    assertEquals(List.of(), sequences.all(""));
    var e = assertThrows(ModelException.class, () -> new Sequences(Tokenizer.open(folder), 3));
    assertEquals(
        "a context of 3 has no room for text beside the 3 tokens around it", e.getMessage());
  }
}
