package inkstone.text;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** What a {@code tokenizer.json} may ask for, and what is said where it asks for more. */
class TokenizerJsonTest {

  private static final JsonMapper JSON = new JsonMapper();

  /** A small tokenizer with the merges "a b" (256) and "ab c" (257) and the token {@code <s>}. */
  private static ObjectNode root() {
    var vocabulary = TokenizerJsonWriter.byteVocabulary();
    vocabulary.put("ab", 256);
    vocabulary.put("abc", 257);
    byte[] json =
        TokenizerJsonWriter.byteLevel(
            vocabulary, List.of("a b", "ab c"), List.of("<s>"), SplitPattern.GPT2);
    return (ObjectNode) JSON.readTree(json);
  }

  private static Tokenizer read(ObjectNode root) {
    return TokenizerJson.read(root.toString().getBytes(StandardCharsets.UTF_8), "tokenizer.json");
  }

  private static Tokenizer read(Consumer<ObjectNode> change) {
    ObjectNode root = root();
    change.accept(root);
    return read(root);
  }

  private static String error(Consumer<ObjectNode> change) {
    return failure(() -> read(change));
  }

  private static String failure(Executable work) {
    return String.valueOf(assertThrows(TokenizerException.class, work).getMessage());
  }

  private static ObjectNode model(ObjectNode root) {
    return (ObjectNode) root.get("model");
  }

  private static ObjectNode component(String type) {
    return JSON.createObjectNode().put("type", type);
  }

  private static void pre(ObjectNode root, ObjectNode... steps) {
    ArrayNode list = component("Sequence").putArray("pretokenizers");
    for (ObjectNode step : steps) {
      list.add(step);
    }
    root.putObject("pre_tokenizer").put("type", "Sequence").set("pretokenizers", list);
  }

  private static ObjectNode byteLevel(boolean regex) {
    return component("ByteLevel").put("add_prefix_space", false).put("use_regex", regex);
  }

  private static ObjectNode split(String kind, String pattern) {
    ObjectNode split = component("Split").put("behavior", "Isolated").put("invert", false);
    split.putObject("pattern").put(kind, pattern);
    return split;
  }

  @Test
  void theSmallOneWorks() {
    Tokenizer tokenizer = read(root -> {});
    assertArrayEquals(new int[] {257, 256, 'x'}, tokenizer.encode("abcabx"));
    assertEquals(259, tokenizer.vocabularySize());
    assertEquals(258, tokenizer.special("<s>"));
  }

  @Test
  void mergesAsPairsAreReadToo() {
    Tokenizer tokenizer =
        read(
            root -> {
              ArrayNode merges = model(root).putArray("merges");
              merges.addArray().add("a").add("b");
              merges.addArray().add("ab").add("c");
            });
    assertArrayEquals(new int[] {257}, tokenizer.encode("abc"));
  }

  @ParameterizedTest
  @CsvSource({"NFC, \u00E9", "NFD, e\u0301", "NFKC, \u00E9", "NFKD, e\u0301"})
  void normalisers(String type, String expected) {
    Tokenizer tokenizer = read(root -> root.set("normalizer", component(type)));
    assertEquals(expected, tokenizer.decode(tokenizer.encode("\u00E9")));
    assertEquals(expected, tokenizer.decode(tokenizer.encode("e\u0301")));
    boolean compatible = type.contains("K");
    assertEquals(compatible ? "fi" : "\uFB01", tokenizer.decode(tokenizer.encode("\uFB01")));
  }

  @Test
  void aSequenceOfNormalisers() {
    Tokenizer tokenizer =
        read(
            root ->
                root.putObject("normalizer")
                    .put("type", "Sequence")
                    .putArray("normalizers")
                    .add(component("NFD"))
                    .add(component("NFC")));
    assertEquals("\u00E9", tokenizer.decode(tokenizer.encode("e\u0301")));
  }

  @Test
  void preTokenizersCutWhereMergesMayNotCross() {
    assertArrayEquals(
        new int[] {'a', 'b'},
        read(root -> pre(root, split("String", "b"), byteLevel(false))).encode("ab"));
    assertArrayEquals(
        new int[] {'a', '.', '*', 256},
        read(root -> pre(root, split("String", ".*"), byteLevel(false))).encode("a.*ab"));
    assertArrayEquals(
        new int[] {256},
        read(root -> pre(root, split("Regex", "\\p{N}"), byteLevel(false))).encode("ab"));
    Consumer<ObjectNode> digitPair =
        root -> {
          ((ObjectNode) model(root).get("vocab")).put("12", 259);
          ((ArrayNode) model(root).get("merges")).add("1 2");
        };
    assertArrayEquals(new int[] {259}, read(digitPair).encode("12"));
    ObjectNode digits = component("Digits");
    assertArrayEquals(
        new int[] {259, 'a'},
        read(digitPair.andThen(root -> pre(root, digits, byteLevel(false)))).encode("12a"));
    assertArrayEquals(
        new int[] {'1', '2'},
        read(digitPair.andThen(
                root ->
                    pre(root, digits.deepCopy().put("individual_digits", true), byteLevel(true))))
            .encode("12"));
    // Without any pattern a merge may cross a space.
    Tokenizer whole =
        read(
            root -> {
              ((ObjectNode) model(root).get("vocab")).put("b\u0120", 259);
              ((ArrayNode) model(root).get("merges")).add("b \u0120");
              root.set("pre_tokenizer", byteLevel(false));
            });
    assertArrayEquals(new int[] {259, 'x'}, whole.encode("b x"));
  }

  @Test
  void aPrefixSpaceIsAddedWhereAskedFor() {
    Tokenizer tokenizer =
        read(root -> ((ObjectNode) root.get("pre_tokenizer")).put("add_prefix_space", true));
    assertArrayEquals(new int[] {' ', 256}, tokenizer.encode("ab"));
    assertArrayEquals(new int[] {' ', 256}, tokenizer.encode(" ab"));
    assertArrayEquals(new int[0], tokenizer.encode(""));
    assertArrayEquals(new int[] {258, ' ', 'x'}, tokenizer.encodeTemplate("<s>x"));
  }

  @Test
  void ignoreMergesTakesAWholePieceFirst() {
    Consumer<ObjectNode> direct =
        root -> {
          model(root).put("ignore_merges", true);
          ((ObjectNode) model(root).get("vocab")).put("zz", 259).put("\u00C3\u00A9", 260);
        };
    assertArrayEquals(new int[] {259, ' ', 'z', 'z'}, read(direct).encode("zz zz"));
    assertArrayEquals(new int[] {260}, read(direct).encode("\u00E9"));
    // ... but never a special token, even where the merges would make it.
    Tokenizer hostile =
        read(
            direct.andThen(
                root ->
                    ((ArrayNode) root.get("added_tokens"))
                        .add(added("zz", 259))
                        .add(added("ab", 256))));
    assertArrayEquals(new int[] {'z', 'z'}, hostile.encode("zz"));
    assertArrayEquals(new int[] {'a', 'b', ' ', 'a', 'b', 'c'}, hostile.encode("ab abc"));
  }

  private static ObjectNode added(String content, int id) {
    return JSON.createObjectNode().put("id", id).put("content", content).put("special", true);
  }

  @Test
  void addedTokensThatAreNotSpecialArePartOfPlainText() {
    ObjectNode word = added("abx", 259).put("special", false);
    Tokenizer plain = read(root -> ((ArrayNode) root.get("added_tokens")).add(word));
    assertArrayEquals(new int[] {256, 259, 'y'}, plain.encode("ababxy"));
    assertEquals("abx", plain.decode(259));
    assertEquals(List.of("<s>"), List.copyOf(plain.special().keySet()));
    assertEquals(260, plain.vocabularySize());

    Tokenizer alone =
        read(
            root ->
                ((ArrayNode) root.get("added_tokens"))
                    .add(word.deepCopy().put("single_word", true)));
    assertArrayEquals(new int[] {259, '.'}, alone.encode("abx."));
    assertArrayEquals(new int[] {256, 'x', 'y'}, alone.encode("abxy"));
    assertArrayEquals(new int[] {'_', 256, 'x'}, alone.encode("_abx"));
    assertArrayEquals(new int[] {' ', 259}, alone.encode(" abx"));

    Tokenizer strip =
        read(
            root ->
                ((ArrayNode) root.get("added_tokens"))
                    .add(word.deepCopy().put("lstrip", true).put("rstrip", true)));
    assertArrayEquals(new int[] {'y', 259, 259, 'y'}, strip.encode("y \n abx  abx \ty"));
    assertArrayEquals(new int[] {259}, strip.encode("  abx  "));
  }

  @Test
  void normalizedAddedTokensAreFoundAfterTheNormaliser() {
    ObjectNode word = added("\u00E9!", 259).put("special", false).put("normalized", true);
    Consumer<ObjectNode> change =
        root -> {
          root.set("normalizer", component("NFC"));
          ((ArrayNode) root.get("added_tokens")).add(word);
        };
    assertArrayEquals(new int[] {'x', 259, 'y'}, read(change).encode("xe\u0301!y"));
    ObjectNode special = added("\u00E8!", 260).put("normalized", true);
    Tokenizer both =
        read(change.andThen(root -> ((ArrayNode) root.get("added_tokens")).add(special)));
    assertArrayEquals(new int[] {0xC3, 0xA8, '!'}, both.encode("e\u0300!"));
    assertArrayEquals(new int[] {258, 260, 'x'}, both.encodeTemplate("<s>e\u0300!x"));
    word.put("normalized", false);
    assertArrayEquals(new int[] {0xC3, 0xA9, '!', 259}, read(change).encode("e\u0301!\u00E9!"));
  }

  @Test
  void componentsThatAreNotSupportedAreNamed() {
    String where = "tokenizer.json: ";
    assertEquals(
        where
            + "model.type 'Morphemes' is not supported; supported: BPE, WordPiece, Unigram, WordLevel",
        error(root -> model(root).put("type", "Morphemes")));
    assertEquals(
        where
            + "normalizer 'Uppercase' is not supported; supported: NFC, NFD, NFKC, NFKD, Lowercase,"
            + " StripAccents, Strip, BertNormalizer, Prepend, Append, Replace, Precompiled, Nmt,"
            + " ByteLevel, Sequence",
        error(root -> root.set("normalizer", component("Uppercase"))));
    assertEquals(
        where
            + "pre_tokenizer.pretokenizers[1] 'UnicodeScripts' is not supported; supported:"
            + " ByteLevel, BertPreTokenizer, Metaspace, Split, Digits, Punctuation, Whitespace,"
            + " WhitespaceSplit, CharDelimiterSplit, Sequence",
        error(root -> pre(root, component("Digits"), component("UnicodeScripts"))));
    assertEquals(
        where
            + "pre_tokenizer.pretokenizers[0].behavior 'Dropped' is not supported; supported:"
            + " Removed, Isolated, MergedWithPrevious, MergedWithNext, Contiguous",
        error(root -> pre(root, split("Regex", "a").put("behavior", "Dropped"))));
    assertTrue(error(root -> pre(root, split("Glob", "a"))).contains("pattern '{\"Glob\":\"a\"}'"));
    assertEquals(
        where
            + "decoder 'CTC' is not supported; supported: ByteLevel, WordPiece, Metaspace,"
            + " BPEDecoder, Replace, ByteFallback, Fuse, Strip, Sequence",
        error(root -> root.set("decoder", component("CTC"))));
    assertEquals(
        where
            + "post_processor 'Wrap' is not supported; supported: TemplateProcessing,"
            + " BertProcessing, RobertaProcessing, ByteLevel, Sequence",
        error(root -> root.set("post_processor", component("Wrap"))));
  }

  @Test
  void keysOfTheWrongKindAreTold() {
    String where = "tokenizer.json: ";
    assertEquals(
        where + "normalizer.prepend must be a string, but is absent",
        error(root -> root.set("normalizer", component("Prepend"))));
    assertEquals(
        where + "normalizer.strip_left must be true or false, but is \"yes\"",
        error(root -> root.set("normalizer", component("Strip").put("strip_left", "yes"))));
    assertEquals(
        where + "pre_tokenizer.delimiter must be one character, but is 'ab'",
        error(
            root ->
                root.set("pre_tokenizer", component("CharDelimiterSplit").put("delimiter", "ab"))));
    assertEquals(
        where
            + "pre_tokenizer.prepend_scheme 'last' is not supported; supported: always, first,"
            + " never",
        error(
            root ->
                root.set(
                    "pre_tokenizer",
                    component("Metaspace").put("replacement", "_").put("prepend_scheme", "last"))));
    assertEquals(
        where + "decoder.stop must be a number from 0, but is -1",
        error(
            root ->
                root.set(
                    "decoder",
                    component("Strip").put("content", " ").put("start", 0).put("stop", -1))));
    assertEquals(
        where + "normalizer.precompiled_charsmap is not base64: Illegal base64 character 2a",
        error(
            root ->
                root.set(
                    "normalizer", component("Precompiled").put("precompiled_charsmap", "****"))));
    assertEquals(
        where + "normalizer: the charsmap of 3 bytes is cut or damaged",
        error(
            root ->
                root.set(
                    "normalizer", component("Precompiled").put("precompiled_charsmap", "AAAA"))));
    assertEquals(
        where + "post_processor.cls must name an id of the vocabulary, but has 259",
        error(
            root -> {
              ObjectNode bert = component("BertProcessing");
              bert.putArray("sep").add("<s>").add(258);
              bert.putArray("cls").add("<s>").add(259);
              root.set("post_processor", bert);
            }));
    assertEquals(
        where + "model.unk_token '<unk>' is not in model.vocab",
        error(root -> model(root).put("unk_token", "<unk>")));
  }

  @Test
  void aCharacterTokenizerIsBpeWithoutMerges() {
    ObjectNode root =
        (ObjectNode) JSON.readTree(TokenizerJsonWriter.characters(List.of(0x58A8), List.of()));
    assertArrayEquals(new int[] {256, 'a'}, read(root).encode("\u58A8a"));
  }

  @Test
  void damageIsTold() {
    String where = "tokenizer.json: ";
    assertEquals(
        where + "model is missing; is this a tokenizer.json?", error(root -> root.remove("model")));
    assertEquals(
        where + "model.vocab must be an object from token to id, with an entry or more",
        error(root -> model(root).putObject("vocab")));
    assertEquals(
        where + "model.vocab the id of 'a' is \"x\", not a number from 0",
        error(root -> ((ObjectNode) model(root).get("vocab")).put("a", "x")));
    assertEquals(
        where + "model.vocab the id of 'a' is -1, not a number from 0",
        error(root -> ((ObjectNode) model(root).get("vocab")).put("a", -1)));
    assertTrue(
        error(root -> ((ObjectNode) model(root).get("vocab")).put("a", 2_000_000_000))
            .contains("2000000000"));
    assertEquals(
        where + "model.vocab two tokens have the id 256",
        error(root -> ((ObjectNode) model(root).get("vocab")).put("zz", 256)));
    assertEquals(
        where + "model.vocab lacks 'A', the token of byte 0x41",
        error(root -> ((ObjectNode) model(root).get("vocab")).remove("A")));
    assertEquals(
        where + "model.merges[2] needs the token 'zz', which model.vocab lacks",
        error(root -> ((ArrayNode) model(root).get("merges")).add("z z")));
    for (String bad : List.of("ab", "a b c", " a", "a ", "")) {
      assertEquals(
          where + "model.merges[2] is not a pair of tokens: \"" + bad + "\"",
          error(root -> ((ArrayNode) model(root).get("merges")).add(bad)));
    }
    assertEquals(
        where + "model.merges must be an array", error(root -> model(root).remove("merges")));
    assertEquals(
        where + "added_tokens '<s>' has id 7 here and 258 in model.vocab",
        error(root -> ((ObjectNode) root.get("added_tokens").get(0)).put("id", 7)));
    assertEquals(
        where + "added_tokens '<x>' has the id 7 of another token",
        error(root -> ((ArrayNode) root.get("added_tokens")).add(added("<x>", 7))));
    assertTrue(
        error(root -> ((ArrayNode) root.get("added_tokens")).add(added("", 300)))
            .contains("an entry has no content"));
    assertEquals(
        where + "added_tokens 'a' cannot be special: it is the only token of byte 0x61",
        error(root -> ((ArrayNode) root.get("added_tokens")).add(added("a", 'a'))));
  }

  @Test
  void bytesThatAreNoPrintableAsciiMayBeMissing() {
    Tokenizer tokenizer =
        read(
            root -> {
              for (int b : new int[] {0x04, 0x1F, 0x7F, 0xC0, 0xC1, 0xF1, 0xF5, 0xFF}) {
                ((ObjectNode) model(root).get("vocab"))
                    .remove(ByteAlphabet.write(new byte[] {(byte) b}));
              }
            });
    assertArrayEquals(new byte[0], tokenizer.bytes(0xC0));
    // As in Hugging Face's tokenizers, what has no token gives none.
    assertArrayEquals(tokenizer.encode("xy"), tokenizer.encode("x\u0004y"));
    for (int b : new int[] {' ', '~'}) {
      assertTrue(
          error(
                  root ->
                      ((ObjectNode) model(root).get("vocab"))
                          .remove(ByteAlphabet.write(new byte[] {(byte) b})))
              .contains("byte 0x%02X".formatted(b)));
    }
  }

  @Test
  void everyCutOfAFileIsNoticed() {
    byte[] json = root().toString().getBytes(StandardCharsets.UTF_8);
    for (int length = 0; length < json.length; length += 97) {
      byte[] cut = java.util.Arrays.copyOf(json, length);
      String message = failure(() -> TokenizerJson.read(cut, "tokenizer.json"));
      assertTrue(message.startsWith("tokenizer.json: "), message);
    }
    byte[] more = (root() + "{}").getBytes(StandardCharsets.UTF_8);
    assertEquals(
        "x: there is more after the JSON object", failure(() -> TokenizerJson.read(more, "x")));
    byte[] twice = "{\"a\": 1, \"a\": 1}".getBytes(StandardCharsets.UTF_8);
    assertEquals(
        "x: the key 'a' stands twice in one object", failure(() -> TokenizerJson.read(twice, "x")));
    byte[] numbers = "{\"a\": [99999999999, 1.5, null, true]}".getBytes(StandardCharsets.UTF_8);
    assertEquals("{\"a\":[99999999999,1.5,null,true]}", Json.object(numbers, "x").toString());
    byte[] list = "[1]".getBytes(StandardCharsets.UTF_8);
    assertEquals(
        "x: expected a JSON object; the file may be empty",
        assertThrows(TokenizerException.class, () -> TokenizerJson.read(list, "x")).getMessage());
  }
}
