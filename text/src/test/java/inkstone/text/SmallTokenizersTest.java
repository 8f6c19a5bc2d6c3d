package inkstone.text;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URISyntaxException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * Tiny tokenizers of every kind give the ids, the decoded text and the tokens around a text that
 * Hugging Face tokenizers and SentencePiece give; {@code bench/fixtures/tokenizer_fixtures.py}
 * trained them.
 */
class SmallTokenizersTest {

  private static JsonNode expected() {
    try (var in = SmallTokenizersTest.class.getResourceAsStream("small.json")) {
      return new JsonMapper().readTree(in);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  static Tokenizer open(String name) {
    String file = "small/" + name + (name.startsWith("spm-") ? ".model" : ".json");
    try {
      var url = Objects.requireNonNull(SmallTokenizersTest.class.getResource(file), file);
      return Tokenizer.open(Path.of(url.toURI()));
    } catch (URISyntaxException e) {
      throw new IllegalStateException(e);
    }
  }

  static List<String> names() {
    return expected().get("tokenizers").propertyStream().map(e -> e.getKey()).toList();
  }

  private static int[] ids(JsonNode node) {
    return node.valueStream().mapToInt(JsonNode::intValue).toArray();
  }

  private interface Check {
    void run(Tokenizer tokenizer, JsonNode expected, List<String> texts);
  }

  private static Stream<DynamicTest> each(Check check) {
    JsonNode all = expected();
    List<String> texts = all.get("texts").valueStream().map(JsonNode::asString).toList();
    assertTrue(all.get("tokenizers").size() >= 20);
    return all.get("tokenizers")
        .propertyStream()
        .map(
            entry ->
                DynamicTest.dynamicTest(
                    entry.getKey(),
                    () -> check.run(open(entry.getKey()), entry.getValue(), texts)));
  }

  @TestFactory
  Stream<DynamicTest> idsAndText() {
    return each(
        (tokenizer, expected, texts) -> {
          for (int i = 0; i < texts.size(); i++) {
            String text = texts.get(i);
            int[] ids = ids(expected.get("cases").get(i).get(0));
            assertArrayEquals(ids, tokenizer.encode(text), () -> "ids of '" + text + "'");
            assertEquals(
                expected.get("cases").get(i).get(1).asString(),
                tokenizer.decode(ids),
                () -> "text of the ids of '" + text + "'");
          }
          for (JsonNode one : expected.path("decoded")) {
            assertEquals(one.get(1).asString(), tokenizer.decode(ids(one.get(0))), one::toString);
          }
        });
  }

  @TestFactory
  Stream<DynamicTest> tokensAround() {
    return each(
        (tokenizer, expected, texts) -> {
          if (!expected.has("pair")) {
            assertEquals(PostProcessor.NONE, tokenizer.postProcessor());
            return;
          }
          var single = tokenizer.postProcessor().single(tokenizer.encode("hello world"));
          assertArrayEquals(ids(expected.get("single").get(0)), single.ids());
          assertArrayEquals(ids(expected.get("single").get(1)), single.types());
          var pair =
              tokenizer
                  .postProcessor()
                  .pair(tokenizer.encode("hello"), tokenizer.encode("the token"));
          assertArrayEquals(ids(expected.get("pair").get(0)), pair.ids());
          assertArrayEquals(ids(expected.get("pair").get(1)), pair.types());
          int[] begin = tokenizer.postProcessor().begin();
          int[] end = tokenizer.postProcessor().end();
          assertArrayEquals(Arrays.copyOf(single.ids(), begin.length), begin);
          assertArrayEquals(
              Arrays.copyOfRange(
                  single.ids(), single.ids().length - end.length, single.ids().length),
              end);
          assertEquals(
              single.ids().length,
              begin.length + tokenizer.encode("hello world").length + end.length);
        });
  }

  /** Any ids in a row give the same text at once and one by one. */
  @TestFactory
  Stream<DynamicTest> aStreamGivesWhatDecodingGives() {
    long seed = RandomText.seed();
    return each(
        (tokenizer, expected, texts) -> {
          var random = new SplittableRandom(seed);
          for (int round = 0; round < 300; round++) {
            int[] ids =
                IntStream.range(0, random.nextInt(9))
                    .map(i -> random.nextInt(tokenizer.vocabularySize()))
                    .toArray();
            TextStream stream = tokenizer.stream(false);
            var text = new StringBuilder();
            for (int id : ids) {
              text.append(stream.accept(id));
            }
            text.append(stream.finish());
            assertEquals(
                tokenizer.decode(ids),
                text.toString(),
                () -> "seed %d, ids %s".formatted(seed, Arrays.toString(ids)));
          }
        });
  }

  /** No text yields a special token, but for the unknown one. */
  @TestFactory
  Stream<DynamicTest> noTextYieldsASpecialToken() {
    long seed = RandomText.seed();
    return each(
        (tokenizer, expected, texts) -> {
          var random = new SplittableRandom(seed);
          var names = List.copyOf(tokenizer.special().keySet());
          for (int round = 0; round < 300 && !names.isEmpty(); round++) {
            String name = names.get(random.nextInt(names.size()));
            String text =
                RandomText.next(random, 2) + name + RandomText.next(random, 2) + name.strip();
            for (int id : tokenizer.encode(text)) {
              boolean special =
                  tokenizer.special().entrySet().stream()
                      .anyMatch(e -> e.getValue() == id && !e.getKey().matches("(?i).unk."));
              assertFalse(special, () -> "seed %d: '%s' gave %d".formatted(seed, text, id));
            }
          }
        });
  }

  @TestFactory
  Stream<DynamicTest> whatIsSavedIsTheSame(@TempDir Path directory) {
    return each(
        (tokenizer, expected, texts) -> {
          Path target = directory.resolve(tokenizer.sha256());
          tokenizer.save(target);
          Tokenizer saved = Tokenizer.open(target);
          assertEquals(tokenizer.sha256(), saved.sha256());
          assertEquals(tokenizer.vocabularySize(), saved.vocabularySize());
          for (String text : List.of("hello world", "the lowest token, 12!", "\u58A8\u6C34")) {
            assertArrayEquals(tokenizer.encode(text), saved.encode(text), text);
            assertEquals(
                tokenizer.decode(tokenizer.encode(text)), saved.decode(saved.encode(text)), text);
          }
        });
  }
}
