package inkstone.model.seq2seq;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import inkstone.model.ModelException;
import inkstone.tensor.Scope;
import inkstone.tensor.Tensor;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Beside Transformers' MarianMTModel: {@code bench/fixtures/marian_fixtures.py}. */
class MarianTest {

  private static final Path FOLDER = Path.of("src/test/resources/inkstone/model/seq2seq");

  @TempDir Path out;

  private static JsonNode expected(String name) throws IOException {
    return new JsonMapper().readTree(Files.readString(FOLDER.resolve(name + "/expected.json")));
  }

  private static List<int[]> rows(JsonNode all) {
    var rows = new ArrayList<int[]>();
    for (var each : all) {
      rows.add(each.valueStream().mapToInt(JsonNode::asInt).toArray());
    }
    return rows;
  }

  private static void assertLogits(JsonNode expected, Seq2Seq network) {
    try (var scope = Scope.open()) {
      var logits =
          network
              .forward(
                  Packed.of(rows(expected.get("sources"))),
                  Packed.of(rows(expected.get("targets"))))
              .toFloats();
      int at = 0;
      for (var text : expected.get("logits")) {
        for (var row : text) {
          for (var value : row) {
            assertEquals(value.asDouble(), logits[at], 1e-4, "number " + at);
            at++;
          }
        }
      }
      assertEquals(at, logits.length);
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"paper", "uneven"})
  void logitsAreTransformers(String name) throws IOException {
    long before = Tensor.live();
    try (var network = MarianDirectory.open(FOLDER.resolve(name))) {
      assertLogits(expected(name), network);
      MarianDirectory.save(out, network);
    }
    try (var again = MarianDirectory.open(out)) {
      assertLogits(expected(name), again);
    }
    assertEquals(before, Tensor.live());
  }

  /** Token by token with what was kept gives what all at once gives, several texts together. */
  @ParameterizedTest
  @ValueSource(strings = {"paper", "uneven"})
  void stepsAreTheWhole(String name) throws IOException {
    try (var network = MarianDirectory.open(FOLDER.resolve(name));
        var scope = Scope.open()) {
      var sources = rows(expected(name).get("sources"));
      int start = network.config().ids().start();
      int[][] texts = {{start, 5, 9, 2}, {start, 5, 7, 7}, {start, 8, 1, 30}};
      var source = List.of(sources.get(1), sources.get(1), sources.get(2));
      var whole = network.forward(Packed.of(source), Packed.of(List.of(texts))).toFloats();
      int vocabulary = network.config().vocabulary();
      try (var written = network.begin(Packed.of(List.of(sources.get(1), sources.get(2))))) {
        var parents = new int[][] {{0, 1}, {0, 1}, {0, 0, 1}, {0, 1, 2}};
        var ids = new int[][] {{start, start}, {5, 8}, {9, 7, 1}, {2, 7, 30}};
        var logits = new float[0];
        for (int i = 0; i < 4; i++) {
          logits = network.step(written, parents[i], ids[i]).toFloats();
        }
        assertEquals(4, written.length());
        for (int text = 0; text < 3; text++) {
          for (int token = 0; token < vocabulary; token++) {
            assertEquals(
                whole[(4 * text + 3) * vocabulary + token],
                logits[text * vocabulary + token],
                1e-4,
                "text " + text + ", token " + token);
          }
        }
      }
    }
  }

  /** The loss is the mean of what the logits say, smoothed as Szegedy et al. do. */
  @Test
  void lossIsThatOfTheLogits() throws IOException {
    try (var network = MarianDirectory.open(FOLDER.resolve("paper"));
        var scope = Scope.open()) {
      var expected = expected("paper");
      var source = Packed.of(rows(expected.get("sources")));
      var target = Packed.of(rows(expected.get("targets")));
      var labels = IntStream.range(0, target.ids().length).map(i -> i * 7 % 40).toArray();
      double sum = 0;
      int at = 0;
      for (var text : expected.get("logits")) {
        for (var row : text) {
          var values = row.valueStream().mapToDouble(JsonNode::asDouble).toArray();
          double norm = Math.log(java.util.Arrays.stream(values).map(Math::exp).sum());
          double mean = java.util.Arrays.stream(values).average().orElseThrow();
          sum += norm - 0.9 * values[labels[at]] - 0.1 * mean;
          at++;
        }
      }
      var loss = network.loss(source, target, Tensor.of(labels), 0, 0.1);
      assertEquals(sum / at, loss.item(), 1e-4);
    }
    try (var biased = MarianDirectory.open(FOLDER.resolve("uneven"))) {
      var one = Packed.of(List.of(new int[] {1}));
      var label = Tensor.of(new long[] {1});
      assertThrows(ModelException.class, () -> biased.loss(one, one, label, 0, 0));
      label.close();
    }
  }

  /** Norms before are other numbers, and come back from a file as they were. */
  @Test
  void normsBefore() {
    var ids = new Seq2SeqConfig.Ids(3, 1, 3);
    var config = Seq2SeqConfig.of(30, 20, 32, 2, 2, 40, ids).norms(Seq2SeqConfig.Norms.PRE);
    var source = Packed.of(List.of(new int[] {4, 5, 1}, new int[] {6, 1}));
    var target = Packed.of(List.of(new int[] {3, 7}, new int[] {3, 8, 9}));
    float[] logits;
    try (var network = Seq2Seq.random(config, 5);
        var scope = Scope.open()) {
      assertEquals(
          config.parameters(),
          network.parameters().values().stream().mapToLong(Tensor::count).sum());
      logits = network.forward(source, target).toFloats();
      MarianDirectory.save(out, network);
      var post = config.norms(Seq2SeqConfig.Norms.POST);
      assertEquals(config.parameters() - 4 * 32, post.parameters());
    }
    try (var again = MarianDirectory.open(out);
        var scope = Scope.open()) {
      assertEquals(Seq2SeqConfig.Norms.PRE, again.config().norms());
      assertArrayEquals(logits, again.forward(source, target).toFloats(), 1e-6f);
    }
  }

  @Test
  void whatCannotBeIsRefused() throws IOException {
    var missing = assertThrows(ModelException.class, () -> MarianDirectory.open(out));
    assertTrue(String.valueOf(missing.getMessage()).contains("config.json is missing"));
    Files.writeString(out.resolve("config.json"), "{\"model_type\": \"t5\"}");
    var other = assertThrows(ModelException.class, () -> MarianDirectory.open(out));
    assertTrue(
        String.valueOf(other.getMessage()).contains("model_type 't5' is not supported"),
        other.getMessage());
    Files.writeString(out.resolve("config.json"), "{");
    assertThrows(ModelException.class, () -> MarianDirectory.open(out));
    var ids = new Seq2SeqConfig.Ids(3, 1, 3);
    assertThrows(ModelException.class, () -> Seq2SeqConfig.of(30, 20, 33, 2, 2, 40, ids));
    assertThrows(ModelException.class, () -> Seq2SeqConfig.of(30, 20, 32, 2, 5, 40, ids));
    assertThrows(ModelException.class, () -> Seq2SeqConfig.of(3, 20, 32, 2, 2, 40, ids));
    assertThrows(ModelException.class, () -> new Packed(new int[] {1, 2}, new int[] {1}));
    try (var network = MarianDirectory.open(FOLDER.resolve("paper"));
        var scope = Scope.open()) {
      var longer = Packed.of(List.of(new int[65]));
      var e = assertThrows(ModelException.class, () -> network.read(longer, 0));
      assertTrue(String.valueOf(e.getMessage()).contains("65 tokens"), e.getMessage());
    }
  }
}
