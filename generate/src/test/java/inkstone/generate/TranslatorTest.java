package inkstone.generate;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import inkstone.generate.BeamSearch.Stopping;
import inkstone.model.ModelException;
import inkstone.model.seq2seq.MarianDirectory;
import inkstone.model.seq2seq.Seq2Seq;
import inkstone.model.seq2seq.Seq2SeqConfig;
import inkstone.tensor.Tensor;
import inkstone.text.SentenceForm;
import inkstone.text.Tokenizer;
import inkstone.text.TranslationForm;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Searches beside Transformers': {@code bench/fixtures/marian_fixtures.py}. */
class TranslatorTest {

  private static final Path MODELS = Path.of("../model/src/test/resources/inkstone/model/seq2seq");

  @TempDir Path folder;

  private static BeamSearch search(JsonNode json) {
    var stopping =
        switch (json.get("early_stopping").asString()) {
          case "true" -> Stopping.FULL;
          case "false" -> Stopping.LIKELY;
          default -> Stopping.CERTAIN;
        };
    int beams = json.get("num_beams").asInt();
    return new BeamSearch(
        beams,
        json.get("max_new_tokens").asInt(),
        json.get("length_penalty").asDouble(),
        beams == 1 ? Stopping.FULL : stopping); // Transformers takes the likeliest token then.
  }

  @ParameterizedTest
  @ValueSource(strings = {"paper", "uneven"})
  void findsWhatTransformersFinds(String name) throws IOException {
    long before = Tensor.live();
    var file = MODELS.resolve(name).resolve("expected.json");
    var searches = new JsonMapper().readTree(Files.readString(file)).get("searches");
    assertEquals(24, searches.size());
    try (var network = MarianDirectory.open(MODELS.resolve(name))) {
      for (int i = 0; i < searches.size(); i++) {
        var json = searches.get(i);
        var source = json.get("source").valueStream().mapToInt(JsonNode::asInt).toArray();
        var found = Translator.search(network, source, search(json));
        var beams = json.get("beams");
        assertEquals(beams.size(), found.size(), "search " + i);
        for (int k = 0; k < found.size(); k++) {
          var where = "search " + i + ", beam " + k;
          var tokens = beams.get(k).get("tokens").valueStream().map(JsonNode::asInt).toList();
          assertEquals(tokens, found.get(k).tokens(), where);
          if (beams.get(k).get("score").isNumber()) {
            double score = beams.get(k).get("score").asDouble();
            assertEquals(score, found.get(k).score(), 1e-4 * Math.abs(score) + 1e-5, where);
          }
        }
      }
    }
    assertEquals(before, Tensor.live());
  }

  /** From a folder, as it was before it was written there. */
  @Test
  void opensWhatWasSaved() {
    var tokenizer = Tokenizer.ofBytes(List.of("</s>", "<pad>"));
    var ids = new Seq2SeqConfig.Ids(257, 256, 257);
    var config = Seq2SeqConfig.of(258, 40, 32, 1, 2, 40, ids);
    var form =
        new TranslationForm(
            new SentenceForm("en", true, true), new SentenceForm("zh", false, true));
    Translation made;
    try (var translator = Translator.of(Seq2Seq.random(config, 3), tokenizer, form)) {
      made = translator.translate("A dog.", 3, 1);
      assertEquals(" a dog .".length() + 1, translator.source("A dog.").length);
      assertEquals("", translator.translate(" ").text());
      assertThrows(ModelException.class, () -> translator.translate("x".repeat(41)));
      var target = translator.target("狗");
      assertEquals(4, target.length);
      assertTrue(translator.loss(List.of(translator.source("a")), List.of(target)) > 0);
      MarianDirectory.save(folder, Seq2Seq.random(config, 3));
    }
    tokenizer.save(folder);
    form.save(folder);
    try (var again = Translator.open(folder)) {
      assertEquals(made, again.translate("A dog.", 3, 1));
      assertEquals(form, again.form());
    }
  }
}
