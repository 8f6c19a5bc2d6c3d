package inkstone.text;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * Every component alone does what Hugging Face tokenizers made of the same input; {@code
 * bench/fixtures/tokenizer_fixtures.py} wrote {@code components.json}.
 */
class ComponentsTest {

  private static final Source SOURCE = new Source("components.json");

  private static List<JsonNode> components(String kind) {
    try (var in = ComponentsTest.class.getResourceAsStream("components.json")) {
      return new JsonMapper()
          .readTree(in)
          .valueStream()
          .filter(node -> node.get("kind").asString().equals(kind))
          .toList();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private interface Check {
    void run(JsonNode input, JsonNode output);
  }

  private interface Checker {
    Check of(JsonNode configuration);
  }

  private static Stream<DynamicTest> tests(String kind, int least, Checker checker) {
    List<JsonNode> components = components(kind);
    assertTrue(components.size() >= least, "only " + components.size());
    return components.stream()
        .map(
            node -> {
              JsonNode configuration = node.get("configuration");
              String name = configuration.toString();
              return DynamicTest.dynamicTest(
                  name.substring(0, Math.min(100, name.length())),
                  () -> {
                    Check check = checker.of(configuration);
                    for (JsonNode one : node.get("cases")) {
                      check.run(one.get(0), one.get(1));
                    }
                  });
            });
  }

  @TestFactory
  Stream<DynamicTest> normalizers() {
    return tests(
        "normalizer",
        20,
        configuration -> {
          TextNormalizer normalizer = new NormalizerReader(SOURCE).read(configuration, "n");
          return (in, out) ->
              assertEquals(out.asString(), normalizer.normalize(in.asString()), in::toString);
        });
  }

  @TestFactory
  Stream<DynamicTest> preTokenizers() {
    return tests(
        "pre_tokenizer",
        30,
        configuration -> {
          List<PreTokenizer> steps = new PreTokenizerReader(SOURCE).read(configuration, "p");
          return (in, out) ->
              assertEquals(
                  out.valueStream().map(JsonNode::asString).toList(),
                  pieces(steps, in.asString()),
                  in::toString);
        });
  }

  private static List<String> pieces(List<PreTokenizer> steps, String text) {
    var pieces = new ArrayList<String>();
    cut(steps, 0, text, true, pieces);
    return pieces;
  }

  private static void cut(
      List<PreTokenizer> steps, int step, String text, boolean first, List<String> out) {
    if (step == steps.size()) {
      out.add(text);
      return;
    }
    steps.get(step).split(text, first, (piece, begins) -> cut(steps, step + 1, piece, begins, out));
  }

  @TestFactory
  Stream<DynamicTest> decoders() {
    return tests(
        "decoder",
        15,
        configuration -> {
          List<DecoderStep> steps = new DecoderReader(SOURCE).read(configuration, "d");
          return (in, out) -> {
            @Nullable String[] names =
                in.valueStream().map(JsonNode::asString).toArray(String[]::new);
            var decoding = new ChainDecoding(names, steps);
            var ids = new int[names.length];
            TextStream stream = decoding.stream(false);
            var streamed = new StringBuilder();
            for (int i = 0; i < ids.length; i++) {
              ids[i] = i;
              streamed.append(stream.accept(i));
            }
            streamed.append(stream.finish());
            assertEquals(out.asString(), decoding.decode(ids), in::toString);
            assertEquals(out.asString(), streamed.toString(), in::toString);
          };
        });
  }
}
