package inkstone.words;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Files and answers beside those of gensim and of the first word2vec. */
class VectorFilesTest {

  @TempDir Path folder;

  static Path resource(String name) {
    try {
      return Path.of(VectorFilesTest.class.getResource(name).toURI());
    } catch (java.net.URISyntaxException e) {
      throw new AssertionError(e);
    }
  }

  private static JsonNode gensim() {
    return JsonMapper.shared().readTree(resource("gensim.json").toFile());
  }

  private static void same(WordVectors expected, WordVectors found, double within) {
    assertEquals(expected.words(), found.words());
    for (var word : expected.words()) {
      assertArrayEquals(
          expected.vector(word).orElseThrow(),
          found.vector(word).orElseThrow(),
          (float) within,
          word);
    }
  }

  @Test
  void readsWhatGensimWrites() {
    var binary = WordVectors.open(resource("gensim.bin"));
    assertEquals(240, binary.words().size());
    assertEquals(20, binary.dimensions());
    assertEquals("人工智能", binary.words().get(200));
    var first = gensim().path("first");
    var vector = binary.vector(binary.words().getFirst()).orElseThrow();
    for (int d = 0; d < 20; d++) {
      assertEquals((float) first.path(d).asDouble(), vector[d]);
    }
    same(binary, WordVectors.open(resource("gensim.txt")), 1e-6);
  }

  @Test
  void readsWhatTheFirstWord2vecWrites() {
    var binary = WordVectors.open(resource("original.bin"));
    assertEquals(6, binary.dimensions());
    assertEquals("</s>", binary.words().getFirst());
    same(binary, WordVectors.open(resource("original.txt")), 1e-6); // six digits
  }

  /** Rows of the first program end with a line feed; so do ours, byte for byte. */
  @Test
  void writesTheBytesOfTheFirstWord2vec() throws IOException {
    var vectors = WordVectors.open(resource("original.bin"));
    vectors.saveBinary(folder.resolve("ours.bin"));
    assertArrayEquals(
        Files.readAllBytes(resource("original.bin")),
        Files.readAllBytes(folder.resolve("ours.bin")));
  }

  @Test
  void textKeepsEveryDigit() throws IOException {
    var vectors = WordVectors.open(resource("gensim.bin"));
    var file = folder.resolve("ours.txt");
    vectors.saveText(file);
    same(vectors, WordVectors.open(file), 0);
    try (var out = new GZIPOutputStream(Files.newOutputStream(folder.resolve("a.txt.gz")))) {
      Files.copy(file, out);
    }
    same(vectors, WordVectors.open(folder.resolve("a.txt.gz")), 0);
    assertTrue(Files.notExists(folder.resolve("ours.txt.partial")));
  }

  private static List<String> words(JsonNode neighbours) {
    var words = new ArrayList<String>();
    neighbours.forEach(near -> words.add(near.path(0).asString()));
    return words;
  }

  private static void near(JsonNode expected, List<WordVectors.Neighbour> found) {
    assertEquals(words(expected), found.stream().map(WordVectors.Neighbour::word).toList());
    for (int i = 0; i < found.size(); i++) {
      assertEquals(expected.path(i).path(1).asDouble(), found.get(i).cosine(), 1e-5);
    }
  }

  @Test
  void answersAsGensimDoes() {
    var vectors = WordVectors.open(resource("gensim.bin"));
    var similar = gensim().path("similar");
    near(similar.path("人工智能"), vectors.similar("人工智能", 5));
    near(similar.path("Land4"), vectors.similar("Land4", 5));
    near(gensim().path("analogy"), vectors.analogy("Land0", "Stadt0", "Land2", 5));
    assertEquals(1, vectors.similarity("Land4", "Land4"), 1e-6);
    assertEquals(239, vectors.similar("Land4", 1000).size());
  }

  @Test
  void scoresAsGensimDoes() {
    var vectors = WordVectors.open(resource("gensim.bin"));
    var pairs = WordTest.read(resource("pairs.tsv")).score(vectors);
    assertEquals(TestKind.SIMILARITY, pairs.kind());
    assertEquals(gensim().path("spearman").asDouble(), pairs.score(), 1e-9);
    assertEquals(40, pairs.covered());
    assertEquals(41, pairs.questions());
    assertEquals(gensim().path("unknown_percent").asDouble(), 100.0 / 41, 1e-9);

    var analogies = WordTest.read(resource("analogies.txt")).score(vectors);
    assertEquals(gensim().path("accuracy").asDouble(), analogies.score(), 1e-9);
    assertEquals(91, analogies.questions());
    assertEquals(90, analogies.covered());
    for (int i = 0; i < 2; i++) {
      var section = gensim().path("sections").path(i);
      var ours = analogies.sections().get(i);
      assertEquals(section.path("name").asString(), ours.test());
      assertEquals(section.path("asked").asInt(), ours.covered());
      assertEquals(
          section.path("right").asInt(), Math.round(ours.score() * ours.covered()), ours.test());
    }
    assertTrue(analogies.score() > 0.2 && analogies.score() < 1, "tells good from bad");
  }

  private String refusal(byte[] content) throws IOException {
    var file = Files.write(folder.resolve("bad"), content);
    return assertThrows(WordsException.class, () -> WordVectors.open(file)).getMessage();
  }

  @Test
  void refusesFilesThatAreNone() throws IOException {
    assertTrue(refusal("hello\n".getBytes()).contains("line 1: 'hello' is not the number"));
    assertTrue(refusal("2 2\na 1 2\nb 3\n".getBytes()).contains("line 3: a word and 2 numbers"));
    assertTrue(refusal("2 2\na 1 2\nb 3 x\n".getBytes()).contains("line 3: 'x' is not a number"));
    assertTrue(refusal("2 2\na 1 2\n".getBytes()).contains("line 3"));
    var whole = Files.readAllBytes(resource("gensim.bin"));
    assertTrue(
        refusal(Arrays.copyOf(whole, whole.length - 3)).contains("ends before its 240 words do"));
    assertTrue(
        assertThrows(WordsException.class, () -> WordVectors.open(folder.resolve("absent")))
            .getMessage()
            .contains("there is no such file"));
  }

  @Test
  void refusesWordsItDoesNotKnowAndWordsWithBlanks() {
    var vectors = WordVectors.open(resource("gensim.bin"));
    var message =
        assertThrows(WordsException.class, () -> vectors.similar("lamd4", 3)).getMessage();
    assertTrue(message.startsWith("'lamd4' has no vector here; "), message);
    assertTrue(vectors.vector("nowhere").isEmpty());
    var blank = WordVectors.of(List.of("new york"), 1, new float[] {1});
    assertTrue(
        assertThrows(WordsException.class, () -> blank.saveText(folder.resolve("x")))
            .getMessage()
            .contains("has a blank"));
    assertTrue(Files.notExists(folder.resolve("x.partial")));
  }

  @Test
  void refusesTestsOfAnotherForm() throws IOException {
    var file = Files.writeString(folder.resolve("t.txt"), "a b 3\na b c d\n");
    assertTrue(
        assertThrows(WordsException.class, () -> WordTest.read(file))
            .getMessage()
            .contains("line 2: 'a b c d' is neither"));
    Files.writeString(file, "# nothing\n");
    assertTrue(
        assertThrows(WordsException.class, () -> WordTest.read(file))
            .getMessage()
            .contains("has no question"));
  }

  @Test
  void ranksShareTies() {
    assertArrayEquals(new double[] {2.5, 1, 2.5, 4}, Spearman.ranks(new double[] {3, 1, 3, 8}));
    assertEquals(1, Spearman.of(new double[] {1, 2, 3}, new double[] {1, 4, 9}), 1e-12);
    assertEquals(-1, Spearman.of(new double[] {1, 2, 3}, new double[] {9, 4, 1}), 1e-12);
  }
}
