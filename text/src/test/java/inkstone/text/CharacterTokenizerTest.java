package inkstone.text;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CharacterTokenizerTest {

  @TempDir Path directory;

  @Test
  void knownCharactersHaveIdsAllElseIsBytes() {
    Tokenizer tokenizer =
        CharacterTokenizer.ofAllCharacters().train(List.of("ba", "a\u58A8\n\uD83D\uDE42"));
    assertEquals(256 + 5 + 1, tokenizer.vocabularySize());
    assertArrayEquals(
        new int[] {256, 257, 258, 259, 260}, tokenizer.encode("\nab\u58A8\uD83D\uDE42"));
    assertArrayEquals(new int[] {'c', 0xC3, 0xA9, 257}, tokenizer.encode("c\u00E9a"));
    assertArrayEquals(new int[] {0xF0, 0x9F, 0x99, 0x83}, tokenizer.encode("\uD83D\uDE43"));
    assertEquals(261, tokenizer.special("<|endoftext|>"));
    assertEquals("c\u00E9\u58A8", tokenizer.decode('c', 0xC3, 0xA9, 261, 259));
    assertArrayEquals(new byte[] {(byte) 0xE5, (byte) 0xA2, (byte) 0xA8}, tokenizer.bytes(259));
    assertArrayEquals(new byte[] {'A'}, tokenizer.bytes('A'));
  }

  @Test
  void theMostFrequentCharactersAreKept() {
    var corpus = List.of("zzz", "yy", "ba", "c");
    Tokenizer three = CharacterTokenizer.ofVocabularySize(256 + 3 + 1).train(corpus);
    assertEquals(260, three.vocabularySize());
    // z and y by count, a as the lowest of those that occur once; ids by code point
    assertArrayEquals(new int[] {256, 257, 258, 'b', 'c'}, three.encode("ayzbc"));
    Tokenizer none = CharacterTokenizer.ofVocabularySize(257).train(corpus);
    assertArrayEquals(new int[] {'z'}, none.encode("z"));
    assertEquals(262, CharacterTokenizer.ofVocabularySize(262).train(corpus).vocabularySize());
    assertEquals(262, CharacterTokenizer.ofVocabularySize(300).train(corpus).vocabularySize());
  }

  @Test
  void savedAndOpenedItIsTheSame() {
    Tokenizer tokenizer = CharacterTokenizer.ofAllCharacters().train(List.of("a\u58A8<0x41>"));
    tokenizer.save(directory);
    Tokenizer opened = Tokenizer.open(directory);
    assertEquals(tokenizer.sha256(), opened.sha256());
    String text = "a\u58A8<0x41>\u6C34b";
    assertArrayEquals(tokenizer.encode(text), opened.encode(text));
    assertEquals(text, opened.decode(opened.encode(text)));
  }

  @Test
  void badSizesAreRefused() {
    var error =
        assertThrows(TokenizerException.class, () -> CharacterTokenizer.ofVocabularySize(256));
    assertEquals(
        "a vocabulary of 256 is too small: 256 bytes and 1 special token need at least 257",
        error.getMessage());
    assertThrows(TokenizerException.class, () -> new CharacterTokenizer(-1, List.of()));
    assertEquals(256, new CharacterTokenizer(0, List.of()).train(List.of("a")).vocabularySize());
  }
}
