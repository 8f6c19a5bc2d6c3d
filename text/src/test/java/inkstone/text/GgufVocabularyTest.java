package inkstone.text;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tools.jackson.databind.node.ObjectNode;

class GgufVocabularyTest {

  @TempDir Path folder;

  private static List<?> list(Map<String, Object> metadata, String key) {
    return (List<?>) metadata.getOrDefault("tokenizer.ggml." + key, List.of());
  }

  @Test
  void aByteLevelTokenizerIsOfKindGpt2() {
    var metadata = GgufVocabulary.of(Tokenizer.ofBytes(List.of("<|endoftext|>")), 259);
    assertEquals("gpt2", metadata.get("tokenizer.ggml.model"));
    assertEquals("gpt-2", metadata.get("tokenizer.ggml.pre"));
    assertEquals(259, list(metadata, "tokens").size());
    assertEquals("Ġ", list(metadata, "tokens").get(' '));
    assertEquals("<|endoftext|>", list(metadata, "tokens").get(256));
    assertEquals(List.of(1, 3, 5, 5), list(metadata, "token_type").subList(255, 259));
    assertEquals("[PAD258]", list(metadata, "tokens").get(258));
    assertEquals(List.of(), list(metadata, "merges"));
    assertEquals(256L, metadata.get("tokenizer.ggml.bos_token_id"));
    assertEquals(256L, metadata.get("tokenizer.ggml.eos_token_id"));
    assertEquals(false, metadata.get("tokenizer.ggml.add_bos_token"));
    assertFalse(metadata.containsKey("tokenizer.chat_template"));
    assertFalse(metadata.containsKey("tokenizer.ggml.scores"));
  }

  @ParameterizedTest
  @CsvSource({
    "GPT2, false, gpt-2",
    "CL100K, false, dbrx",
    "CL100K, true, llama-bpe",
    "QWEN, false, qwen2"
  })
  void theSplitHasItsName(SplitPattern split, boolean ignoreMerges, String name) {
    var json =
        new String(
            TokenizerJsonWriter.byteLevel(
                TokenizerJsonWriter.byteVocabulary(), List.of(), List.of(), split),
            UTF_8);
    json = json.replaceAll("\"ignore_merges\" ?: ?false", "\"ignore_merges\":" + ignoreMerges);
    var tokenizer = TokenizerJson.read(json.getBytes(UTF_8), "test");
    assertEquals(name, GgufVocabulary.of(tokenizer, 256).get("tokenizer.ggml.pre"));
  }

  /** The bytes, then ab (256), abb (257), and two added tokens. */
  private Map<String, Object> of(String preTokenizer, String more, String merges)
      throws IOException {
    var vocabulary = TokenizerJsonWriter.byteVocabulary();
    vocabulary.put("ab", 256);
    vocabulary.put("abb", 257);
    var json =
        new String(
            TokenizerJsonWriter.byteLevel(
                vocabulary, List.of(), List.of("<s>", "<think>"), SplitPattern.GPT2),
            UTF_8);
    var root = Json.object(json.getBytes(UTF_8), "test");
    var parts = "{\"pre_tokenizer\": %s, \"merges\": %s}".formatted(preTokenizer, merges);
    var changed = Json.object(parts.getBytes(UTF_8), "test");
    root.set("pre_tokenizer", changed.get("pre_tokenizer"));
    ((ObjectNode) root.get("model")).set("merges", changed.get("merges"));
    if (changed.has("ignore_merges")) {
      ((ObjectNode) root.get("model")).set("ignore_merges", changed.get("ignore_merges"));
    }
    ((ObjectNode) root.get("added_tokens").get(1)).put("special", false);
    Files.writeString(folder.resolve("tokenizer.json"), root.toString());
    Files.writeString(folder.resolve("tokenizer_config.json"), more);
    return GgufVocabulary.of(Tokenizer.open(folder), 260);
  }

  private static final String BYTE_LEVEL =
      "{\"type\": \"ByteLevel\", \"add_prefix_space\": false, \"use_regex\": true}";

  @Test
  void mergesTypesSpecialTokensAndTemplateAreThere() throws IOException {
    var more =
        "{\"bos_token\": {\"content\": \"<s>\"}, \"eos_token\": \"<think>\", \"pad_token\":"
            + " \"abb\", \"add_bos_token\": true, \"chat_template\": \"{{ x }}\"}";
    for (var merges : List.of("[\"a b\", \"ab b\"]", "[[\"a\", \"b\"], [\"ab\", \"b\"]]")) {
      var metadata = of(BYTE_LEVEL, more, merges);
      assertEquals(List.of("a b", "ab b"), list(metadata, "merges"));
      assertEquals(
          List.of("ab", "abb", "<s>", "<think>"), list(metadata, "tokens").subList(256, 260));
      assertEquals(List.of(1, 1, 1, 3, 4), list(metadata, "token_type").subList(255, 260));
      assertEquals(258L, metadata.get("tokenizer.ggml.bos_token_id"));
      assertEquals(259L, metadata.get("tokenizer.ggml.eos_token_id"));
      assertEquals(257L, metadata.get("tokenizer.ggml.padding_token_id"));
      assertEquals(true, metadata.get("tokenizer.ggml.add_bos_token"));
      assertEquals("{{ x }}", metadata.get("tokenizer.chat_template"));
    }
  }

  @Test
  void digitsAloneAndThenGpt2IsSmollm() throws IOException {
    var digits = "{\"type\": \"Digits\", \"individual_digits\": %s}";
    var sequence = "{\"type\": \"Sequence\", \"pretokenizers\": [%s, %s]}";
    var metadata = of(sequence.formatted(digits.formatted(true), BYTE_LEVEL), "{}", "[]");
    assertEquals("smollm", metadata.get("tokenizer.ggml.pre"));
    var message =
        assertThrows(
                TokenizerException.class,
                () -> of(sequence.formatted(digits.formatted(false), BYTE_LEVEL), "{}", "[]"))
            .getMessage();
    assertTrue(String.valueOf(message).contains("no name for this pre_tokenizer"), message);
  }

  @Test
  void theSplitsOfAFileThatWasReadAreWrittenAgain() throws IOException {
    for (var name : GgufSplits.names()) {
      var patterns = GgufSplits.of(name);
      boolean whole = GgufSplits.takesWholePieces(name);
      var model = "[], \"ignore_merges\": " + whole;
      var splits = TokenizerJsonWriter.splits(patterns).toString();
      var written = (String) of(splits, "{}", model).get("tokenizer.ggml.pre");
      assertEquals(patterns, GgufSplits.of(written), name + " became " + written);
      assertEquals(whole, GgufSplits.takesWholePieces(written), name + " became " + written);
      assertTrue(GgufSplits.WRITTEN.contains(written), written);
    }
  }

  @Test
  void aCharacterTokenizerIsOfKindLlama() {
    var tokenizer =
        TokenizerJson.read(
            TokenizerJsonWriter.characters(List.of((int) ' ', (int) 'a'), List.of("</s>")), "test");
    var metadata = GgufVocabulary.of(tokenizer, 259);
    assertEquals("llama", metadata.get("tokenizer.ggml.model"));
    assertEquals(false, metadata.get("tokenizer.ggml.add_space_prefix"));
    assertEquals("<0x0A>", list(metadata, "tokens").get(10));
    assertEquals(List.of("\u2581", "a", "</s>"), list(metadata, "tokens").subList(256, 259));
    assertEquals(List.of(6, 1, 1, 3), list(metadata, "token_type").subList(255, 259));
    assertEquals(List.of(0f, -1e6f, -1e6f, 0f), list(metadata, "scores").subList(255, 259));
  }

  @Test
  void aNetworkWithFewerRowsIsRefused() {
    var message =
        assertThrows(
                TokenizerException.class,
                () -> GgufVocabulary.of(Tokenizer.ofBytes(List.of()), 255))
            .getMessage();
    assertTrue(String.valueOf(message).contains("256 tokens do not fit"), message);
  }
}
