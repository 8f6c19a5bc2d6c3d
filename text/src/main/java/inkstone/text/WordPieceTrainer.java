package inkstone.text;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.PriorityQueue;
import java.util.Set;
import java.util.TreeMap;
import tools.jackson.databind.node.JsonNodeFactory;

/**
 * Learns the vocabulary of a BERT: characters, then pieces of words, of which the most frequent
 * neighbours are joined first; pieces that go on with a word begin with {@code ##}. Text is cleaned
 * and lower-cased, and every ideograph is a word.
 *
 * @param vocabularySize ids in all, special tokens included
 * @param fewest how often a character or a pair must occur
 */
public record WordPieceTrainer(int vocabularySize, int fewest) {

  private static final List<String> SPECIAL = List.of("[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]");
  private static final String GOES_ON = "##";
  private static final int LONGEST_WORD = 100;

  /** Checks that the special tokens fit. */
  public WordPieceTrainer {
    if (vocabularySize <= SPECIAL.size()) {
      throw new TokenizerException(
          "a vocabulary of %d is too small: %d tokens are special"
              .formatted(vocabularySize, SPECIAL.size()));
    }
  }

  /** What occurs twice or more. */
  public static WordPieceTrainer of(int vocabularySize) {
    return new WordPieceTrainer(vocabularySize, 2);
  }

  /** Learns from texts, which are read once. */
  public Tokenizer train(Iterable<String> texts) {
    var cleaning = new BertNormalizer(true, true, true, true);
    var counts = new TreeMap<String, Long>();
    for (var text : texts) {
      words(cleaning.normalize(text)).forEach(word -> counts.merge(word, 1L, Long::sum));
    }
    var tokens = new ArrayList<>(SPECIAL);
    var known = characters(counts);
    tokens.addAll(known);
    if (tokens.size() < vocabularySize) {
      new Joining(counts, Set.copyOf(known)).join(tokens);
    }
    var said =
        JsonNodeFactory.instance
            .objectNode()
            .put("type", "BertNormalizer")
            .put("clean_text", true)
            .put("handle_chinese_chars", true)
            .put("strip_accents", true)
            .put("lowercase", true);
    return TokenizerJson.read(WordPieceJson.write(tokens, SPECIAL, said), "the trained tokenizer");
  }

  /** Letters and digits that stand together; every other mark by itself. */
  private static List<String> words(String text) {
    var words = new ArrayList<String>();
    var word = new StringBuilder();
    for (int i = 0; i < text.length(); ) {
      int c = text.codePointAt(i);
      i += Character.charCount(c);
      boolean apart = Characteristics.isWhiteSpace(c) || Characteristics.isPunctuation(c);
      if (apart && !word.isEmpty()) {
        words.add(word.toString());
        word.setLength(0);
      }
      if (!apart) {
        word.appendCodePoint(c);
      } else if (!Characteristics.isWhiteSpace(c)) {
        words.add(Character.toString(c));
      }
    }
    if (!word.isEmpty()) {
      words.add(word.toString());
    }
    words.removeIf(w -> w.codePointCount(0, w.length()) > LONGEST_WORD);
    return words;
  }

  private static List<String> pieces(String word) {
    var pieces = new ArrayList<String>();
    word.codePoints()
        .forEach(c -> pieces.add((pieces.isEmpty() ? "" : GOES_ON) + Character.toString(c)));
    return pieces;
  }

  /** The most frequent characters, as many as there is room for. */
  private List<String> characters(Map<String, Long> words) {
    var counts = new TreeMap<String, Long>();
    words.forEach((word, n) -> pieces(word).forEach(piece -> counts.merge(piece, n, Long::sum)));
    return counts.entrySet().stream()
        .filter(e -> e.getValue() >= fewest)
        .sorted(Map.Entry.<String, Long>comparingByValue().reversed())
        .limit(vocabularySize - SPECIAL.size())
        .map(Map.Entry::getKey)
        .toList();
  }

  private record Pair(String left, String right) {
    String joined() {
      return left + right.substring(GOES_ON.length());
    }
  }

  private record Counted(Pair pair, long count) {}

  /** All words as pieces, and where each pair of neighbours occurs. */
  private final class Joining {
    private final List<List<String>> words = new ArrayList<>();
    private final List<Long> counts = new ArrayList<>();
    private final Map<Pair, Long> pairs = new HashMap<>();
    private final Map<Pair, Set<Integer>> places = new HashMap<>();
    private final PriorityQueue<Counted> queue =
        new PriorityQueue<>(
            Comparator.comparingLong((Counted c) -> -c.count)
                .thenComparing(c -> c.pair.left)
                .thenComparing(c -> c.pair.right));

    Joining(Map<String, Long> all, Set<String> known) {
      all.forEach(
          (word, count) -> {
            var pieces = pieces(word);
            if (pieces.size() > 1 && known.containsAll(pieces)) {
              words.add(pieces);
              counts.add(count);
              count(words.size() - 1, 1);
            }
          });
      pairs.forEach((pair, count) -> queue.add(new Counted(pair, count)));
    }

    private void count(int word, int sign) {
      var pieces = words.get(word);
      for (int i = 0; i + 1 < pieces.size(); i++) {
        var pair = new Pair(pieces.get(i), pieces.get(i + 1));
        pairs.merge(pair, sign * counts.get(word), Long::sum);
        if (sign > 0) {
          places.computeIfAbsent(pair, p -> new HashSet<>()).add(word);
        }
      }
    }

    /** Adds pieces until there are enough or none is left that is frequent. */
    void join(List<String> tokens) {
      var there = new HashSet<>(tokens);
      while (tokens.size() < vocabularySize && !queue.isEmpty()) {
        var best = queue.remove();
        long count = pairs.getOrDefault(best.pair, 0L);
        if (count < best.count) { // it became rarer since
          if (count >= fewest) {
            queue.add(new Counted(best.pair, count));
          }
          continue;
        }
        if (count < fewest) {
          return;
        }
        if (there.add(best.pair.joined())) {
          tokens.add(best.pair.joined());
        }
        join(best.pair);
      }
    }

    private void join(Pair pair) {
      var changed = new HashSet<Pair>();
      for (int word : Set.copyOf(places.getOrDefault(pair, Set.of()))) {
        count(word, -1);
        var pieces = new ArrayList<String>();
        for (var piece : words.get(word)) {
          if (!pieces.isEmpty() && pieces.getLast().equals(pair.left) && piece.equals(pair.right)) {
            pieces.set(pieces.size() - 1, pair.joined());
          } else {
            pieces.add(piece);
          }
        }
        words.set(word, pieces);
        count(word, 1);
        for (int i = 0; i + 1 < pieces.size(); i++) {
          changed.add(new Pair(pieces.get(i), pieces.get(i + 1)));
        }
      }
      changed.forEach(p -> queue.add(new Counted(p, pairs.getOrDefault(p, 0L))));
      places.remove(pair);
      pairs.remove(pair);
    }
  }
}
