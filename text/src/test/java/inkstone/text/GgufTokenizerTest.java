package inkstone.text;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** Vocabularies in the words of GGUF, as lists and as arrays. */
class GgufTokenizerTest {

  private static Map<String, Object> metadata(Object... entries) {
    var metadata = new HashMap<String, Object>();
    for (int i = 0; i < entries.length; i += 2) {
      metadata.put("tokenizer.ggml." + entries[i], entries[i + 1]);
    }
    return metadata;
  }

  private static Tokenizer open(Map<String, Object> metadata) {
    return Tokenizer.ofGguf(metadata, "x.gguf");
  }

  private static String error(Map<String, Object> metadata) {
    return String.valueOf(
        assertThrows(TokenizerException.class, () -> open(metadata)).getMessage());
  }

  /** Merges by score: "ab" before "bc"; "▁a" last. */
  private static Map<String, Object> llama() {
    return metadata(
        "model", "llama",
        "tokens",
            new String[] {
              "<unk>", "<s>", "\u2581", "a", "b", "c", "ab", "bc", "\u2581a", "<|x|>", "yy"
            },
        "scores", new float[] {0, 0, -9, -9, -9, -9, -1, -2, -3, 0, 0},
        "token_type", new int[] {2, 3, 1, 1, 1, 1, 1, 1, 1, 4, 4});
  }

  @Test
  void scoresOrderTheMergesOfLlama() {
    Tokenizer tokenizer = open(llama());
    assertArrayEquals(new int[] {2, 6, 5}, tokenizer.encode("abc"));
    assertArrayEquals(new int[] {8, 8}, tokenizer.encode("a a"));
    assertArrayEquals(new int[] {2, 7, 10, 3}, tokenizer.encode("bcyya"));
    assertEquals("abc a", tokenizer.decode(2, 6, 5, 8));
    // Neither marked nor unmarked control tokens come of plain text.
    assertEquals(List.of("<s>", "<|x|>"), List.copyOf(tokenizer.special().keySet()));
    assertArrayEquals(new int[] {2, 0}, tokenizer.encode("<|x|>"));
    assertArrayEquals(new int[] {9, 1}, tokenizer.encodeTemplate("<|x|><s>"));
  }

  @Test
  void withoutASpaceBeforeTheText() {
    var metadata = llama();
    metadata.put("tokenizer.ggml.add_space_prefix", false);
    assertArrayEquals(new int[] {6, 5}, open(metadata).encode("abc"));
    assertArrayEquals(new int[] {8, 6}, open(metadata).encode(" aab"));
  }

  @Test
  void t5TakesTheMostProbablePieces() {
    Tokenizer tokenizer =
        open(
            metadata(
                "model",
                "t5",
                "tokens",
                List.of("<unk>", "</s>", "\u2581a", "b", "\u2581ab", "c"),
                "scores",
                List.of(0f, 0f, -1f, -1f, -2.5f, -3f),
                "token_type",
                List.of(2, 3, 1, 1, 1, 1),
                "add_space_prefix",
                true,
                "remove_extra_whitespaces",
                true));
    assertArrayEquals(new int[] {2, 3}, tokenizer.encode("  ab "));
    assertArrayEquals(new int[] {2, 5, 0, 5}, tokenizer.encode("acxyc"));
  }

  @Test
  void wordsOfBert() {
    Tokenizer tokenizer =
        open(
            metadata(
                "model", "bert",
                "tokens", List.of("[UNK]", "[CLS]", "[SEP]", "\u2581low", "est", "\u2581!"),
                "token_type", List.of(2, 3, 3, 1, 1, 1)));
    assertArrayEquals(new int[] {3, 4, 5, 0}, tokenizer.encode("LOWest! est"));
    assertArrayEquals(new int[] {1, 3, 2}, tokenizer.postProcessor().single(3).ids());
    assertEquals("lowest!", tokenizer.decode(3, 4, 5));
  }

  @Test
  void everySplitIsAPatternThatWorks() {
    var vocabulary = TokenizerJsonWriter.byteVocabulary().keySet().toArray(new String[0]);
    assertTrue(GgufSplits.names().size() >= 30);
    for (String pre : GgufSplits.names()) {
      Tokenizer tokenizer =
          open(metadata("model", "gpt2", "pre", pre, "tokens", vocabulary, "merges", List.of()));
      String text = "It's 12345 \u58A8\u6C34, \u00E9t\u00E9!\r\n  x";
      assertEquals(text, tokenizer.decode(tokenizer.encode(text)), pre);
    }
  }

  @Test
  void whatIsMissingOrNotSupportedIsNamed() {
    assertTrue(
        error(metadata("model", "rwkv", "tokens", List.of("a")))
            .endsWith("model 'rwkv' is not supported; supported: gpt2, llama, t5, bert"));
    assertEquals(
        "x.gguf: there is no tokenizer.ggml.tokens; this file has no vocabulary",
        error(metadata("model", "llama")));
    assertTrue(
        error(metadata("model", "gpt2", "pre", "new", "tokens", List.of("a"), "merges", List.of()))
            .startsWith(
                "x.gguf: tokenizer.ggml.pre 'new' is not supported; supported: chatglm-bpe"));
    var metadata = llama();
    metadata.put("tokenizer.ggml.scores", List.of(1f));
    assertTrue(error(metadata).contains("11 tokenizer.ggml.tokens and 1 scores"));
    metadata = llama();
    metadata.put("tokenizer.ggml.token_type", new int[] {2, 3, 1, 1, 1, 1, 1, 1, 1, 4, 7});
    assertTrue(error(metadata).contains("token_type 7 of token 10 is not known"));
    assertTrue(error(metadata("model", "bert", "tokens", List.of("a"))).contains("lacks '[UNK]'"));
  }
}
