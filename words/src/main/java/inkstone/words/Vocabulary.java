package inkstone.words;

import java.util.List;

/**
 * The words that get a vector, the most frequent first.
 *
 * @param words without duplicates
 * @param counts how often each stands in the text, not increasing
 */
public record Vocabulary(List<String> words, long[] counts) {

  /** Copies the words. */
  public Vocabulary {
    words = List.copyOf(words);
    if (words.size() != counts.length) {
      throw new IllegalArgumentException(words.size() + " words, " + counts.length + " counts");
    }
  }

  /** How many words. */
  public int size() {
    return words.size();
  }

  /** How many words the text has, those without a vector left out. */
  public long total() {
    long total = 0;
    for (long count : counts) {
      total += count;
    }
    return total;
  }
}
