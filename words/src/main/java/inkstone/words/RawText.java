package inkstone.words;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;

/** A text whose words have numbers in the order in which they came, and how often each came. */
final class RawText {

  private final List<String> words = new ArrayList<>();
  private final Map<String, Integer> numbers = new HashMap<>();
  private long[] counts = new long[1024];
  private final Tokens tokens = new Tokens();

  void add(String word) {
    int number = numbers.computeIfAbsent(word, this::enter);
    counts[number]++;
    tokens.add(number);
  }

  void end() {
    tokens.end();
  }

  private int enter(String word) {
    words.add(word);
    if (words.size() > counts.length) {
      counts = Arrays.copyOf(counts, 2 * counts.length);
    }
    return words.size() - 1;
  }

  String word(int number) {
    return words.get(number);
  }

  long count(int number) {
    return counts[number];
  }

  Tokens tokens() {
    return tokens;
  }

  /** Different words. */
  int different() {
    return words.size();
  }

  /** Words in all. */
  long total() {
    return Arrays.stream(counts).sum();
  }

  /**
   * The text in words of the vocabulary alone; sentences that lose all their words are gone.
   *
   * @param minimum how often a word must stand
   * @param most the most words, the frequent ones; 0 for all
   */
  Material material(int minimum, int most) {
    var kept =
        IntStream.range(0, words.size())
            .filter(number -> counts[number] >= minimum)
            .boxed()
            .sorted(
                Comparator.<Integer>comparingLong(number -> -counts[number])
                    .thenComparing(words::get))
            .limit(most == 0 ? Long.MAX_VALUE : most)
            .mapToInt(number -> number)
            .toArray();
    var ranks = new int[words.size()];
    Arrays.fill(ranks, Tokens.END);
    for (int rank = 0; rank < kept.length; rank++) {
      ranks[kept[rank]] = rank;
    }
    var text = new Tokens();
    for (long at = 0; at < tokens.size(); at++) {
      int number = tokens.get(at);
      if (number == Tokens.END) {
        text.end();
      } else if (ranks[number] != Tokens.END) {
        text.add(ranks[number]);
      }
    }
    text.end();
    return new Material(
        new Vocabulary(
            Arrays.stream(kept).mapToObj(words::get).toList(),
            Arrays.stream(kept).mapToLong(number -> counts[number]).toArray()),
        text);
  }
}
