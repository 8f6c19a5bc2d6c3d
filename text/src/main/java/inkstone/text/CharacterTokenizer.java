package inkstone.text;

import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * Learns a character tokenizer with byte fallback: every character of the corpus gets an id, all
 * else is its UTF-8 bytes.
 *
 * <p>Ids 0 to 255 are the bytes, then come the characters by code point, then the special tokens.
 * Hugging Face has it as BPE with {@code byte_fallback} and without merges.
 *
 * @param maxCharacters of more characters than these the most frequent are kept; of equally
 *     frequent ones the lowest code points
 * @param special names of the special tokens
 */
public record CharacterTokenizer(int maxCharacters, List<String> special) {

  /** Checks the bounds. */
  public CharacterTokenizer {
    special = List.copyOf(special);
    if (maxCharacters < 0) {
      throw new TokenizerException("the number of characters cannot be " + maxCharacters);
    }
  }

  /** All characters of the corpus, and {@link BpeTrainer#END_OF_TEXT}. */
  public static CharacterTokenizer ofAllCharacters() {
    return new CharacterTokenizer(Character.MAX_CODE_POINT, List.of(BpeTrainer.END_OF_TEXT));
  }

  /**
   * So many of the most frequent characters that the vocabulary has at most {@code vocabularySize}
   * ids, {@link BpeTrainer#END_OF_TEXT} among them.
   */
  public static CharacterTokenizer ofVocabularySize(int vocabularySize) {
    if (vocabularySize < 257) {
      throw new TokenizerException(
          "a vocabulary of %d is too small: 256 bytes and 1 special token need at least 257"
              .formatted(vocabularySize));
    }
    return new CharacterTokenizer(vocabularySize - 257, List.of(BpeTrainer.END_OF_TEXT));
  }

  /** Learns from documents, which are read once. */
  public Tokenizer train(Iterable<String> documents) {
    var counts = new long[Character.MAX_CODE_POINT + 1];
    for (String document : documents) {
      document.codePoints().forEach(c -> counts[c]++);
    }
    // A lone surrogate is no character: a file of UTF-8 cannot hold it.
    Arrays.fill(counts, Character.MIN_SURROGATE, Character.MAX_SURROGATE + 1, 0);
    var kept = new TreeMap<Integer, Long>();
    for (int c = 0; c < counts.length; c++) {
      if (counts[c] > 0) {
        kept.put(c, counts[c]);
      }
    }
    if (kept.size() > maxCharacters) {
      kept.entrySet().stream()
          .sorted(Map.Entry.<Integer, Long>comparingByValue().reversed())
          .skip(maxCharacters)
          .map(Map.Entry::getKey)
          .toList()
          .forEach(kept::remove);
    }
    byte[] json = TokenizerJsonWriter.characters(kept.keySet(), special);
    return TokenizerJson.read(json, "the character tokenizer");
  }
}
