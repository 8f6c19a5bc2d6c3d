package inkstone.generate;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import inkstone.generate.BeamSearch.Stopping;
import inkstone.model.DecoderConfig;
import inkstone.model.ModelDirectory;
import inkstone.tensor.KvType;
import inkstone.tensor.Tensor;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalInt;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

class BeamSearchTest {

  /** Made by {@code bench/fixtures/beam_fixtures.py}. */
  private static final Path BEAMS = Path.of("src/test/resources/inkstone/generate/beams");

  private static List<Integer> ints(JsonNode array) {
    return StreamSupport.stream(array.spliterator(), false).map(JsonNode::asInt).toList();
  }

  private static BeamSearch search(JsonNode json) {
    var stopping =
        switch (json.get("early_stopping").asString()) {
          case "true" -> Stopping.FULL;
          case "false" -> Stopping.LIKELY;
          default -> Stopping.CERTAIN;
        };
    return new BeamSearch(
        json.get("num_beams").asInt(),
        json.get("max_new_tokens").asInt(),
        json.get("length_penalty").asDouble(),
        stopping);
  }

  @Test
  void findsWhatTransformersFinds() throws IOException {
    long before = Tensor.live();
    int number = 0;
    try (var decoder = ModelDirectory.open(BEAMS);
        var pool =
            new PagePool(
                PagePool.shape(decoder.config(), KvType.FLOAT32), decoder.device(), 64, 64)) {
      var stepper = new Stepper(decoder, decoder.config().vocabulary(), pool);
      for (var line : Files.readAllLines(BEAMS.resolve("beams.jsonl"))) {
        var json = new JsonMapper().readTree(line);
        var prompt = ints(json.get("prompt")).stream().mapToInt(Integer::intValue).toArray();
        try (var steps = new DecoderSteps(stepper, prompt)) {
          var found = search(json).run(steps, ints(json.get("ends")));
          var expected = json.get("beams");
          assertEquals(expected.size(), found.size(), "case " + number);
          for (int i = 0; i < found.size(); i++) {
            var where = "case " + number + ", beam " + i;
            assertEquals(ints(expected.get(i).get("tokens")), found.get(i).tokens(), where);
            double score = expected.get(i).get("score").asDouble();
            assertEquals(score, found.get(i).score(), 1e-4 * Math.abs(score) + 1e-5, where);
          }
        }
        assertEquals(0, pool.used(), "case " + number);
        number++;
      }
    }
    assertEquals(60, number);
    assertEquals(before, Tensor.live());
  }

  /** With a beam for each text that can be, the best of all is found. */
  @Test
  void aWideSearchIsExhaustive() {
    float[][] after = {
      {(float) Math.log(0.6), (float) Math.log(0.4)},
      {(float) Math.log(0.51), (float) Math.log(0.49)},
      {(float) Math.log(0.1), (float) Math.log(0.9)}
    };
    // After nothing, after 0, after 1: greedy takes 0, but 1 1 is likelier than anything after 0.
    BeamSearch.Steps steps = texts -> texts.stream().map(text -> after[text.token() + 1]).toList();
    var greedy = new BeamSearch(1, 2, 0, Stopping.LIKELY).run(steps, List.of());
    assertEquals(List.of(0, 0), greedy.getFirst().tokens());
    var wide = new BeamSearch(2, 2, 0, Stopping.LIKELY).run(steps, List.of());
    assertEquals(List.of(1, 1), wide.getFirst().tokens());
    assertEquals(Math.log(0.36), wide.getFirst().score(), 1e-6);
  }

  @Test
  void oneBeamIsGreedy() {
    try (var model =
        LanguageModel.of(
            Networks.lively(DecoderConfig.llama(257, 64, 16, 2, 2), 3),
            Tokens.bytes(),
            new GenerationDefaults(OptionalInt.of(256), List.of(256), Sampling.GREEDY))) {
      var ids = new ArrayList<Integer>();
      try (var pieces = model.generate(GenerationRequest.of("abc").maxTokens(30))) {
        pieces.forEach(piece -> ids.add(piece.id()));
      }
      var found = model.search("abc", BeamSearch.of(1, 30));
      assertEquals(1, found.size());
      assertEquals(ids, found.getFirst().tokens());
      assertEquals(60, model.search("abc", BeamSearch.of(2, 1000)).getFirst().tokens().size());
      assertThrows(
          GenerationException.class, () -> model.search("x".repeat(64), BeamSearch.of(2, 5)));
      assertEquals(0, model.stepper().pool().used());
    }
  }

  @Test
  void whatCannotBeIsRefused() {
    assertThrows(GenerationException.class, () -> BeamSearch.of(0, 1));
    assertThrows(GenerationException.class, () -> BeamSearch.of(1, 0));
    var e =
        assertThrows(
            GenerationException.class, () -> new BeamSearch(1, 1, Double.NaN, Stopping.FULL));
    assertTrue(String.valueOf(e.getMessage()).contains("NaN"), e.getMessage());
  }
}
