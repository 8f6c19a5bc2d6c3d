package inkstone.text;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.List;
import org.junit.jupiter.api.Test;

/** The ids of well-known tokenizers are those that their own makers' code gives. */
class ReferenceEncodingTest {

  @Test
  void gpt2GivesTheReferenceIds() {
    Tokenizer tokenizer = Reference.tokenizer("tokenizer-gpt2");
    check(tokenizer, Reference.encodings("gpt-2"), 46);
    assertEquals(50257, tokenizer.vocabularySize());
    assertEquals(50256, tokenizer.special("<|endoftext|>"));
    assertEquals(1, tokenizer.special().size());
  }

  @Test
  void qwenGivesTheReferenceIds() {
    Tokenizer tokenizer = Reference.tokenizer("tokenizer-qwen3/models");
    check(tokenizer, Reference.encodings("qwen2"), 46);
    assertEquals(151669, tokenizer.vocabularySize());
    assertEquals(151644, tokenizer.special("<|im_start|>"));
  }

  @Test
  void llama3GivesTheReferenceIds() {
    Tokenizer tokenizer = Reference.tokenizer("tokenizer-llama3/models");
    check(tokenizer, Reference.encodings("llama-bpe"), 46);
    assertEquals(128256, tokenizer.vocabularySize());
    assertEquals(128000, tokenizer.special("<|begin_of_text|>"));
    assertEquals(256, tokenizer.special().size());
  }

  @Test
  void miniMindGivesTheIdsOfHuggingFace() {
    var expected = Reference.fixture("minimind-encodings.json");
    Tokenizer json = Reference.tokenizer("tokenizer-minimind-zh/tokenizer.json");
    check(json, expected, 60);
    Tokenizer pair = Reference.tokenizer("tokenizer-minimind-zh/vocab.json");
    check(pair, expected, 60);
    assertEquals(json.special(), pair.special());
    assertEquals(6400, pair.vocabularySize());
  }

  @Test
  void qwenGivesTheIdsOfHuggingFaceOnHarderTexts() {
    check(
        Reference.tokenizer("tokenizer-qwen3/models"),
        Reference.fixture("qwen3-encodings.json"),
        60);
  }

  @Test
  void llama3GivesTheIdsOfHuggingFaceOnHarderTexts() {
    check(
        Reference.tokenizer("tokenizer-llama3/models"),
        Reference.fixture("llama3-encodings.json"),
        60);
  }

  private static void check(Tokenizer tokenizer, List<Reference.Encoding> encodings, int least) {
    assertEquals(true, encodings.size() >= least, "only " + encodings.size() + " texts");
    for (var encoding : encodings) {
      assertArrayEquals(
          encoding.ids(), tokenizer.encode(encoding.text()), "ids of '" + encoding.text() + "'");
    }
  }
}
