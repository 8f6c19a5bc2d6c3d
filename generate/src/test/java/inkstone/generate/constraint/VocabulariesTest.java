package inkstone.generate.constraint;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import inkstone.text.Tokenizer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Vocabularies of well-known models: what comes out of their own decoding matches. */
class VocabulariesTest {

  private static Tokenizer tokenizer(String name) {
    var folder = Path.of(System.getProperty("inkstone.data", "../shared/data"), name);
    assumeTrue(Files.isDirectory(folder), () -> folder + " is not there; see its README");
    return Tokenizer.open(folder);
  }

  /** Random tokens until the text must or may end. */
  private static String walk(Tokenizer tokenizer, Guide start, boolean continuing, long seed) {
    var random = new SplittableRandom(seed);
    var stream = tokenizer.stream(continuing);
    var text = new StringBuilder();
    var guide = start;
    for (int i = 0; i < 2_000; i++) {
      if (guide.finished() || (i > 8 && guide.complete())) {
        return text.append(stream.finish()).toString();
      }
      var mask = guide.allowed();
      var some = new ArrayList<Integer>();
      for (int id = 0; id < tokenizer.vocabularySize(); id++) {
        if (mask.allows(id)) {
          some.add(id);
        }
      }
      int id = some.get(random.nextInt(some.size()));
      guide = guide.accept(id);
      text.append(stream.accept(id));
    }
    return text.toString();
  }

  @ParameterizedTest
  @CsvSource({
    "tokenizer-gpt2,true",
    "tokenizer-gpt2,false",
    "tokenizer-llama2,true",
    "tokenizer-llama2,false",
    "tokenizer-qwen3/models,false"
  })
  void textsMatchAsTheyAreDecoded(String name, boolean continuing) {
    var tokenizer = tokenizer(name);
    var tokens = TokenBytes.of(tokenizer, List.of());
    for (var expression :
        List.of(
            "[a-z]{3,9}( [a-z]{1,9}){3}\\.",
            "[一-龥]{4,12}。", " ?\\d{4}-\\d\\d", "(墨|砚|😀){5}", "\\{ ?\"k\": ?[0-9]{1,9}\\}")) {
      var start = Constraint.regex(expression).over(tokens, continuing);
      for (int seed = 0; seed < 12; seed++) {
        var text = walk(tokenizer, start, continuing, seed);
        var where = "%s, seed %d: %s gave '%s'".formatted(name, seed, expression, text);
        assertTrue(Pattern.matches(expression, text), where);
      }
    }
  }

  @Test
  void aTextMayBeginWithATokenWhoseSpaceIsDropped() {
    var tokenizer = tokenizer("tokenizer-llama2");
    var tokens = TokenBytes.of(tokenizer, List.of());
    int spaced = tokenizer.encode("the")[0];
    assertEquals(
        " the", new String(tokenizer.bytes(spaced), java.nio.charset.StandardCharsets.UTF_8));
    var constraint = Constraint.regex("the( the)*");
    assertTrue(constraint.over(tokens, false).allowed().allows(spaced));
    assertTrue(constraint.over(tokens, false).accept(spaced).allowed().allows(spaced));
    assertTrue(!constraint.over(tokens, true).allowed().allows(spaced));
  }
}
