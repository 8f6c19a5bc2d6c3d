package inkstone.text;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTimeout;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assertions.fail;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * A {@code tokenizer.json} changed in thousands of random ways: each is opened, and then encodes
 * and decodes without an error of the JVM's, or is refused with a message. Another seed by {@code
 * -Dtest.seed}.
 */
class TokenizerJsonFuzzTest {

  private static final JsonMapper JSON = new JsonMapper();
  private static final int ROUNDS = 3000;

  /** Values that a reader may not have thought of. */
  private static final List<String> VALUES =
      List.of(
          "null",
          "true",
          "0",
          "-1",
          "1",
          "255",
          "2147483647",
          "2147483648",
          "-9223372036854775808",
          "1e400",
          "0.5",
          "[]",
          "{}",
          "\"\"",
          "\"a\"",
          "\"\\u0000\"",
          "\"\\ud800\"",
          "\"(a*)*b\"",
          "\"(\"",
          "\"BPE\"",
          "\"Unigram\"",
          "\"WordPiece\"",
          "\"ByteLevel\"",
          "\"Sequence\"",
          "[[]]",
          "[null]",
          "{\"type\":null}",
          "{\"a\":-1}",
          "[\"a\",\"b\"]",
          "\"a b c\"",
          "123456789012345678901234567890",
          "\"<s>\"",
          "{\"type\":\"Sequence\",\"pretokenizers\":[]}");

  private static byte[] good() {
    var vocabulary = TokenizerJsonWriter.byteVocabulary();
    vocabulary.put("ab", 256);
    vocabulary.put("abc", 257);
    return TokenizerJsonWriter.byteLevel(
        vocabulary, List.of("a b", "ab c"), List.of("<s>"), SplitPattern.GPT2);
  }

  /** One change of a tree: a value for another, an entry more, an entry less. */
  private static void change(JsonNode root, Random random) {
    var containers = new ArrayList<JsonNode>();
    collect(root, containers);
    // Few of them are not the vocabulary.
    var chosen = containers.get(random.nextInt(containers.size()));
    var value = JSON.readTree(VALUES.get(random.nextInt(VALUES.size())));
    switch (chosen) {
      case ObjectNode object when !object.isEmpty() -> {
        var keys = List.copyOf(object.propertyNames());
        var key = keys.get(random.nextInt(keys.size()));
        switch (random.nextInt(4)) {
          case 0 -> object.remove(key);
          case 1 -> object.set(key + "x", object.get(key));
          default -> object.set(key, value);
        }
      }
      case ArrayNode array when !array.isEmpty() -> {
        int at = random.nextInt(array.size());
        switch (random.nextInt(4)) {
          case 0 -> array.remove(at);
          case 1 -> array.add(array.get(at));
          default -> array.set(at, value);
        }
      }
      case ArrayNode array -> array.add(value);
      default -> {}
    }
  }

  private static void collect(JsonNode node, List<JsonNode> into) {
    if (node.isContainer()) {
      into.add(node);
      node.forEach(child -> collect(child, into));
    }
  }

  private static byte[] mutated(Random random) {
    var bytes = good();
    if (random.nextInt(4) > 0) {
      var root = JSON.readTree(bytes);
      for (int i = random.nextInt(3); i >= 0; i--) {
        change(root, random);
      }
      return root.toString().getBytes(UTF_8);
    }
    for (int i = random.nextInt(4); i >= 0; i--) {
      bytes[random.nextInt(bytes.length)] = (byte) random.nextInt(256);
    }
    return random.nextInt(3) == 0 ? Arrays.copyOf(bytes, random.nextInt(bytes.length)) : bytes;
  }

  @Test
  void everyChangedFileIsOpenedOrRefused() {
    long seed = Long.getLong("test.seed", 20261123);
    var random = new Random(seed);
    int opened = 0;
    for (int i = 0; i < ROUNDS; i++) {
      var json = mutated(random);
      var round = "seed " + seed + ", round " + i + ": ";
      try {
        if (assertTimeout(Duration.ofSeconds(20), () -> isOpened(json), round)) {
          opened++;
        }
      } catch (RuntimeException | StackOverflowError | OutOfMemoryError e) {
        fail(round + new String(json, UTF_8), e);
      }
    }
    System.out.printf(
        "seed %d: %d changed files, %d opened, %d refused%n",
        seed, ROUNDS, opened, ROUNDS - opened);
    assertTrue(opened > ROUNDS / 20 && opened < ROUNDS * 19 / 20, "opened " + opened);
  }

  private static boolean isOpened(byte[] json) {
    Tokenizer tokenizer;
    try {
      tokenizer = TokenizerJson.read(json, "tokenizer.json");
    } catch (TokenizerException e) {
      assertFalse(String.valueOf(e.getMessage()).isBlank());
      return false;
    }
    try {
      tokenizer.decode(
          tokenizer.encode("abc <s> Grind the ink. 墨 \uD83D\uDE00 aaaaaaaaaaaaaaaaaaaa"));
    } catch (TokenizerException e) {
      // A vocabulary without a byte cannot encode it, and says so.
      assertFalse(String.valueOf(e.getMessage()).isBlank());
    }
    return true;
  }

  @Test
  void deepNestingIsRefused() {
    for (var open : List.of("[", "{\"a\":")) {
      var json = "{\"model\":" + open.repeat(200_000);
      try {
        TokenizerJson.read(json.getBytes(UTF_8), "tokenizer.json");
        fail("opened");
      } catch (TokenizerException e) {
        assertTrue(e.getMessage().startsWith("tokenizer.json: "), e.getMessage());
      }
    }
  }
}
