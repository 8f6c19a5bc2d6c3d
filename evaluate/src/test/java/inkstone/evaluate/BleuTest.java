package inkstone.evaluate;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Beside SacreBLEU: {@code bench/fixtures/bleu_fixtures.py}. */
class BleuTest {

  private static final Path FOLDER = Path.of("src/test/resources/inkstone/evaluate");

  private static List<JsonNode> cases(String file) throws IOException {
    var cases = new ArrayList<JsonNode>();
    for (var line : Files.readAllLines(FOLDER.resolve(file))) {
      cases.add(new JsonMapper().readTree(line));
    }
    return cases;
  }

  private static List<String> texts(JsonNode array) {
    return array.valueStream().map(JsonNode::asString).toList();
  }

  private static BleuTokenizer tokenizer(JsonNode json) {
    return Arrays.stream(BleuTokenizer.values())
        .filter(each -> each.label().equals(json.get("tokenizer").asString()))
        .findFirst()
        .orElseThrow();
  }

  @Test
  void wordsAreSacreBleus() throws IOException {
    var cases = cases("tokenised.jsonl");
    assertEquals(52, cases.size());
    for (var json : cases) {
      assertEquals(
          texts(json.get("words")),
          tokenizer(json).words(json.get("text").asString()),
          json.get("tokenizer") + " of " + json.get("text"));
    }
  }

  @Test
  void scoresAreSacreBleus() throws IOException {
    var cases = cases("bleu.jsonl");
    assertEquals(40, cases.size());
    int number = 0;
    for (var json : cases) {
      var where = "case " + number++;
      var texts = texts(json.get("texts"));
      var references = json.get("references").valueStream().map(BleuTest::texts).toList();
      boolean lowercase = json.get("lowercase").asBoolean();
      var bleu = new Bleu(tokenizer(json), lowercase);
      var score = bleu.ofMany(texts, references);
      assertEquals(json.get("bleu").asDouble(), score.score(), 1e-4, where);
      assertEquals(json.get("bp").asDouble(), score.brevity(), 1e-6, where);
      for (int n = 0; n < 4; n++) {
        double precision = json.get("precisions").get(n).asDouble();
        assertEquals(precision, score.precisions().get(n), 1e-4, where);
      }
      if (references.size() == 1) {
        assertEquals(json.get("signature").asString(), bleu.signature(), where);
        assertEquals(score, bleu.of(texts, references.getFirst()), where);
      }
      for (var wanted : json.get("chrf")) {
        var chrf = new Chrf(wanted.get("words").asInt(), lowercase);
        assertEquals(
            wanted.get("score").asDouble(), chrf.of(texts, references.getFirst()), 1e-4, where);
        assertEquals(wanted.get("name").asString(), chrf.name());
        assertEquals(wanted.get("signature").asString(), chrf.signature());
      }
    }
  }

  @Test
  void whatHasNoReferenceIsRefused() {
    assertThrows(
        IllegalArgumentException.class, () -> Bleu.USUAL.of(List.of("a", "b"), List.of("a")));
    assertThrows(IllegalArgumentException.class, () -> Bleu.USUAL.ofMany(List.of(), List.of()));
    assertThrows(IllegalArgumentException.class, () -> Chrf.USUAL.of(List.of("a"), List.of()));
    assertEquals(BleuTokenizer.ZH, BleuTokenizer.of("zh"));
    assertEquals(BleuTokenizer.V13A, BleuTokenizer.of("de"));
  }
}
