package inkstone.evaluate;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** The same as scikit-learn; see bench/fixtures/baseline_fixtures.py. */
class TextBaselineTest {

  private static final JsonNode EXPECTED =
      new JsonMapper().readTree(Path.of("src/test/resources/baseline.json").toFile());

  private static TextBaseline.Labelled labelled(String key) {
    var texts = new ArrayList<String>();
    var labels = new ArrayList<Integer>();
    for (var example : EXPECTED.get(key)) {
      texts.add(example.get(0).stringValue());
      labels.add(example.get(1).intValue());
    }
    return new TextBaseline.Labelled(texts, labels.stream().mapToInt(i -> i).toArray());
  }

  @Test
  void weighsAsScikitLearn() {
    var features = new TfIdf(labelled("training").texts());
    assertEquals(EXPECTED.get("features").intValue(), features.size());
    var row = features.row(labelled("test").texts().getFirst());
    var first = EXPECTED.get("first");
    assertEquals(first.size(), row.places().length);
    var values = first.properties().stream().mapToDouble(e -> e.getValue().doubleValue());
    assertArrayEquals(
        values.sorted().toArray(), java.util.Arrays.stream(row.values()).sorted().toArray(), 1e-7);
  }

  @Test
  void decidesAsScikitLearn() {
    var training = labelled("training");
    var test = labelled("test");
    var features = new TfIdf(training.texts());
    var rows = training.texts().stream().map(features::row).toList();
    var regression = new LogisticRegression(rows, features.size(), training.labels(), 3, 4);
    for (int i = 0; i < test.labels().length; i++) {
      var row = features.row(test.texts().get(i));
      var scores = regression.scores(row);
      double mean = (scores[0] + scores[1] + scores[2]) / 3;
      for (int k = 0; k < 3; k++) {
        // Scores are free up to a number that all have in common.
        assertEquals(
            EXPECTED.get("scores").get(i).get(k).doubleValue(), scores[k] - mean, 2e-3, "row " + i);
      }
      assertEquals(EXPECTED.get("labels").get(i).intValue(), regression.label(row));
    }
  }

  @Test
  void choosesOnValidationAndJudgesOnTest() {
    var training = labelled("training");
    var test = labelled("test");
    var matrix = TextBaseline.of(training, training, 3).judge(test, 3);
    assertEquals(30, matrix.examples());
    assertEquals(1, TextBaseline.of(training, training, 3).judge(training, 3).accuracy(), 0.05);
  }

  @Test
  void countsWordsAndPairsOrCharactersAndGroups() {
    assertEquals(List.of("so", "good", "!", "so good", "good !"), TfIdf.terms("So good!"));
    assertEquals(
        List.of("不", "干", "净", "x5", "不 干", "不 干 净", "干 净", "净 x5"), TfIdf.terms("不干净，X5"));
  }

  @Test
  void scoresOfAMatrixOfMistakes() {
    // Three classes; scikit-learn's f1_score by label: 0.8, 2/3, 0.5.
    var matrix = ConfusionMatrix.of(3, new int[] {0, 0, 0, 1, 1, 2}, new int[] {0, 0, 2, 1, 2, 2});
    assertEquals(
        List.of(List.of(2L, 0L, 1L), List.of(0L, 1L, 1L), List.of(0L, 0L, 1L)), matrix.rows());
    assertEquals(4.0 / 6, matrix.accuracy(), 1e-12);
    assertEquals(0.8, matrix.f1(0), 1e-12);
    assertEquals(2.0 / 3, matrix.f1(1), 1e-12);
    assertEquals(0.5, matrix.f1(2), 1e-12);
    assertEquals((0.8 + 2.0 / 3 + 0.5) / 3, matrix.macroF1(), 1e-12);
    assertEquals(0, ConfusionMatrix.of(2, new int[] {0}, new int[] {0}).f1(1));
    assertThrows(
        IllegalArgumentException.class, () -> ConfusionMatrix.of(2, new int[0], new int[0]));
  }
}
