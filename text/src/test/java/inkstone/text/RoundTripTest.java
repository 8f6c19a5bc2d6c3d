package inkstone.text;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.text.Normalizer;
import java.util.List;
import java.util.SplittableRandom;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Decoding gives back the text, or the normalised text where a normaliser is asked for. */
class RoundTripTest {

  private static final List<String> CORPUS =
      List.of("the cat sat on the mat, the cat's hat; 12 34", "\u5E8A\u524D\u660E\u6708\u5149");

  @Test
  void ourOwnTokenizers() {
    roundTrip(Tokenizer.ofBytes(List.of()), UnaryOperator.identity(), 3000);
    roundTrip(BpeTrainer.of(280).train(CORPUS), UnaryOperator.identity(), 3000);
    roundTrip(
        BpeTrainer.of(280).split(SplitPattern.CL100K).train(CORPUS),
        UnaryOperator.identity(),
        3000);
    roundTrip(CharacterTokenizer.ofAllCharacters().train(CORPUS), UnaryOperator.identity(), 3000);
    roundTrip(BpeTrainer.of(280).split(SplitPattern.QWEN).train(CORPUS), RoundTripTest::nfc, 3000);
  }

  @ParameterizedTest
  @ValueSource(strings = {"tokenizer-gpt2", "tokenizer-llama3/models", "tokenizer-minimind-zh"})
  void wellKnownTokenizers(String name) {
    roundTrip(Reference.tokenizer(name), UnaryOperator.identity(), 1000);
  }

  @Test
  void qwenGivesTheNormalisedText() {
    roundTrip(Reference.tokenizer("tokenizer-qwen3/models"), RoundTripTest::nfc, 1000);
  }

  private static String nfc(String text) {
    return Normalizer.normalize(text, Normalizer.Form.NFC);
  }

  private static void roundTrip(Tokenizer tokenizer, UnaryOperator<String> expected, int rounds) {
    long seed = RandomText.seed();
    var random = new SplittableRandom(seed);
    for (int i = 0; i < rounds; i++) {
      String text = RandomText.next(random, 40);
      int[] ids = tokenizer.encode(text);
      assertEquals(
          expected.apply(text), tokenizer.decode(ids), () -> "seed %d: %s".formatted(seed, text));
    }
  }

  @Test
  void bytesOfIdsPutTogetherAreTheText() {
    Tokenizer tokenizer = BpeTrainer.of(280).train(CORPUS);
    assertArrayEquals(new byte[] {(byte) 0xE5}, tokenizer.bytes(0xE5));
    assertArrayEquals(new byte[] {' '}, tokenizer.bytes(' '));
    tokenizer.bytes(' ')[0] = 'x';
    assertEquals(" ", tokenizer.decode(' '));
    assertEquals("\uFFFD", tokenizer.decode(0xE5));
    assertEquals("\uFFFDa", tokenizer.decode(0xE5, 'a'));
    assertEquals("", tokenizer.decode());
  }

  @Test
  void aLoneSurrogateIsTheReplacementCharacter() {
    Tokenizer bytes = Tokenizer.ofBytes(List.of());
    assertEquals("\uFFFDa\uFFFD", bytes.decode(bytes.encode("\uD800a\uDC00")));
    Tokenizer characters = CharacterTokenizer.ofAllCharacters().train(List.of("a\uD800"));
    assertEquals("\uFFFDa", characters.decode(characters.encode("\uD800a")));
  }

  @Test
  void idsOutsideTheVocabularyAreRefused() {
    Tokenizer bytes = Tokenizer.ofBytes(List.of());
    assertEquals(256, bytes.vocabularySize());
    var error = assertThrows(TokenizerException.class, () -> bytes.decode(1, 256));
    assertEquals("token id 256 is outside the vocabulary, [0, 256)", error.getMessage());
    assertThrows(TokenizerException.class, () -> bytes.bytes(-1));
  }

  @Test
  void aLongTextGivesTheIdsOfItsLines() {
    Tokenizer tokenizer = BpeTrainer.of(280).train(CORPUS);
    String line = "the cat sat, the cat's hat; 12 34 \u5E8A\u524D  \n";
    String sparse = "x ".repeat(40_000);
    String text = (line + "  " + line.strip() + "\n").repeat(9000) + sparse + "\nend" + sparse;
    assertEquals(true, ComposedTokenizer.cutAtLines(text.toCharArray()).size() > 4);
    var ids = new IntList(16);
    int cut = text.indexOf("x x");
    // The parts are short enough to be encoded by one thread.
    for (int at = 0; at < cut; ) {
      int end = Math.min(cut, text.indexOf("\nthe", at + 200_000) + 1);
      end = end <= 0 ? cut : end;
      ids.addAll(tokenizer.encode(text.substring(at, end)));
      at = end;
    }
    ids.addAll(tokenizer.encode(text.substring(cut)));
    int[] whole = tokenizer.encode(text);
    assertEquals(text, tokenizer.decode(whole));
    assertArrayEquals(ids.toArray(), whole);
  }

  @Test
  void aWordOfAMillionLettersDoesNotTakeForever() {
    Tokenizer tokenizer = BpeTrainer.of(262).train(List.of("aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"));
    String text = "a".repeat(1_000_000);
    assertEquals(text, tokenizer.decode(tokenizer.encode(text)));
  }
}
