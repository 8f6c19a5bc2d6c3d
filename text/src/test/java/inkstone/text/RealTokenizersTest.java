package inkstone.text;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * The vocabularies of Llama 2 and BERT give the ids and the text that SentencePiece and Hugging
 * Face tokenizers give on awkward texts ({@code bench/fixtures/tokenizer_fixtures.py}).
 */
class RealTokenizersTest {

  @TestFactory
  Stream<DynamicTest> idsAndText() {
    JsonNode all;
    try (var in = RealTokenizersTest.class.getResourceAsStream("real.json")) {
      all = new JsonMapper().readTree(in);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return all.propertyStream()
        .map(
            entry ->
                DynamicTest.dynamicTest(
                    entry.getKey(), () -> check(entry.getKey(), entry.getValue())));
  }

  private static void check(String name, JsonNode cases) {
    Tokenizer tokenizer = Reference.tokenizer(name);
    assertEquals(120, cases.size());
    for (JsonNode one : cases) {
      int[] ids = one.get(1).valueStream().mapToInt(JsonNode::intValue).toArray();
      assertArrayEquals(ids, tokenizer.encode(one.get(0).asString()), one::toString);
      assertEquals(one.get(2).asString(), tokenizer.decode(ids), one::toString);
    }
  }
}
