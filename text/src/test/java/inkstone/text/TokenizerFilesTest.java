package inkstone.text;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.HexFormat;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/** Opening and saving: every way a tokenizer may lie on a disk. */
class TokenizerFilesTest {

  private static final JsonMapper JSON = new JsonMapper();

  @TempDir Path directory;

  private static String error(Path path) {
    return String.valueOf(
        assertThrows(TokenizerException.class, () -> Tokenizer.open(path)).getMessage());
  }

  private void pair(String vocabularyName, String mergesName, String extra) throws IOException {
    ObjectNode vocabulary = JSON.createObjectNode();
    TokenizerJsonWriter.byteVocabulary().forEach(vocabulary::put);
    vocabulary.put("ab", 256).put("\u0120ab", 257).put(extra, 258);
    Files.writeString(directory.resolve(vocabularyName), vocabulary.toString());
    Files.writeString(directory.resolve(mergesName), "#version: 0.2\r\na b\r\n\n\u0120 ab\n");
  }

  @Test
  void savedFilesAreTheBytesThatTheHashIsOf() throws Exception {
    Tokenizer tokenizer = BpeTrainer.of(270).train(List.of("a corpus of a few words"));
    Path target = directory.resolve("new/model");
    tokenizer.save(target);
    try (var files = Files.list(target)) {
      assertEquals(
          List.of("tokenizer.json", "tokenizer_config.json"),
          files.map(p -> p.getFileName().toString()).sorted().toList());
    }
    byte[] json = Files.readAllBytes(target.resolve("tokenizer.json"));
    assertEquals(
        HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(json)),
        tokenizer.sha256());
    assertEquals(tokenizer.sha256(), Tokenizer.open(target).sha256());
    assertEquals(tokenizer.sha256(), Tokenizer.open(target.resolve("tokenizer.json")).sha256());
    var config = JSON.readTree(Files.readString(target.resolve("tokenizer_config.json")));
    assertEquals("PreTrainedTokenizerFast", config.get("tokenizer_class").asString());
    assertEquals("<|endoftext|>", config.get("eos_token").asString());
    assertEquals("<|endoftext|>", config.get("bos_token").asString());
    assertEquals(
        "<|endoftext|>",
        config
            .get("added_tokens_decoder")
            .get(Integer.toString(tokenizer.special("<|endoftext|>")))
            .get("content")
            .asString());
  }

  @Test
  void whatLayBesideTheTokenizerIsSavedWithIt() throws IOException {
    Path first = directory.resolve("first");
    Path second = directory.resolve("second");
    Tokenizer.ofBytes(List.of("<s>")).save(first);
    Files.writeString(first.resolve("tokenizer_config.json"), "{\"chat_template\": \"x\"}");
    Tokenizer.open(first).save(second);
    for (String name : List.of("tokenizer.json", "tokenizer_config.json")) {
      assertArrayEquals(
          Files.readAllBytes(first.resolve(name)), Files.readAllBytes(second.resolve(name)));
    }
  }

  @Test
  void aTokenizerWithoutAnEndHasNoneInItsConfig() throws IOException {
    Tokenizer.ofBytes(List.of("<x>")).save(directory);
    assertTrue(!Files.readString(directory.resolve("tokenizer_config.json")).contains("eos_token"));
  }

  @Test
  void vocabularyAndMerges() throws IOException {
    pair("vocab.json", "merges.txt", "<|endoftext|>");
    for (Path path :
        List.of(directory, directory.resolve("vocab.json"), directory.resolve("merges.txt"))) {
      Tokenizer tokenizer = Tokenizer.open(path);
      assertArrayEquals(new int[] {256, 257, 'c'}, tokenizer.encode("ab abc"));
      assertEquals(258, tokenizer.special("<|endoftext|>"));
      assertEquals(259, tokenizer.vocabularySize());
    }
  }

  @Test
  void otherNamesOfThePair() throws IOException {
    pair("encoder.json", "vocab.bpe", "[END]");
    assertEquals(258, Tokenizer.open(directory).special("[END]"));
    assertEquals(258, Tokenizer.open(directory.resolve("vocab.bpe")).special("[END]"));
    Files.delete(directory.resolve("vocab.bpe"));
    assertTrue(error(directory.resolve("encoder.json")).endsWith("beside it"));
    pair("gpt-vocab.json", "gpt-merges.txt", "<e>");
    assertEquals(258, Tokenizer.open(directory.resolve("gpt-vocab.json")).special("<e>"));
  }

  @Test
  void theConfigBesideAPairNamesSpecialTokensAndTheSplit() throws IOException {
    pair("vocab.json", "merges.txt", "STOP");
    assertTrue(
        error(directory)
            .endsWith("no merge makes the token 'STOP'; the file may be cut: fetch it again"));
    Files.writeString(
        directory.resolve("tokenizer_config.json"),
        "{\"tokenizer_class\": \"Qwen2Tokenizer\", \"added_tokens_decoder\":"
            + " {\"258\": {\"content\": \"STOP\"}, \"259\": {\"content\": \"<go>\"}}}");
    Tokenizer tokenizer = Tokenizer.open(directory);
    assertEquals(258, tokenizer.special("STOP"));
    assertEquals(259, tokenizer.special("<go>"));
    assertEquals("\u00E9", tokenizer.decode(tokenizer.encode("e\u0301")));
  }

  @Test
  void badPairs() throws IOException {
    pair("vocab.json", "merges.txt", "<e>");
    Path merges = directory.resolve("merges.txt");
    for (String bad : List.of("ab", "a b c", " b", "a ")) {
      Files.writeString(merges, "a b\n\u0120 ab\n" + bad);
      assertEquals(
          merges + ", line 3: expected two tokens with a space between, found '" + bad + "'",
          error(directory));
    }
    Files.writeString(merges, "a b\n");
    assertTrue(error(directory).startsWith(merges + ": no merge makes the token '\u0120ab'"));
    Files.writeString(directory.resolve("vocab.json"), "{\"a\": \"b\"}");
    assertTrue(error(directory).endsWith("vocab.json: the id of 'a' is \"b\", not a number"));
    Files.writeString(directory.resolve("vocab.json"), "{\"a\": 1");
    assertTrue(error(directory).contains("vocab.json: not whole, well-formed JSON (line 1"));
  }

  @Test
  void nothingToOpen() throws IOException {
    Path nowhere = directory.resolve("nowhere");
    assertEquals(nowhere + ": no such file or directory", error(nowhere));
    assertEquals(
        directory
            + ": no tokenizer.json, tokenizer.model, vocab.txt and no vocab.json or encoder.json in"
            + " this directory",
        error(directory));
    Files.writeString(directory.resolve("vocab.json"), "{}");
    assertEquals(
        directory
            + ": no tokenizer.json, tokenizer.model, vocab.txt and no merges.txt or vocab.bpe in"
            + " this directory",
        error(directory));
    Path model = Files.writeString(directory.resolve("tokenizer.model"), "x");
    assertTrue(error(model).startsWith(model + ": not a whole SentencePiece model"), error(model));
    Files.write(model, new byte[0]);
    assertTrue(error(directory).startsWith(model + ": holds no pieces"), error(directory));
    Files.delete(model);
    Path text = Files.writeString(directory.resolve("vocab.txt"), "[PAD]\nthe\n");
    assertEquals(
        text + ": has no line '[UNK]'; is this the vocab.txt of a BERT?", error(directory));
  }

  @Test
  void aPlaceThatCannotBeWrittenIsTold() throws IOException {
    Path file = Files.writeString(directory.resolve("file"), "x");
    var error =
        assertThrows(UncheckedIOException.class, () -> Tokenizer.ofBytes(List.of()).save(file));
    assertEquals("cannot write the tokenizer to " + file, error.getMessage());
  }
}
