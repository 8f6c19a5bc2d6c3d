package inkstone.words;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SequencedMap;

/**
 * Words and their vectors, the frequent words first. Nearness is the cosine of the angle between
 * two vectors, from -1 to 1.
 *
 * <pre>{@code
 * var vectors = WordVectors.open(Path.of("runs/words/vectors.bin"));
 * vectors.similar("ink", 10);
 * vectors.analogy("man", "king", "woman", 10);      // man is to king as woman is to ...
 * }</pre>
 */
public final class WordVectors {

  private final List<String> words;
  private final Map<String, Integer> places;
  private final int dimensions;
  private final float[] numbers;
  private final Directions directions;

  /** A word and how near it is. */
  public record Neighbour(String word, double cosine) {}

  private WordVectors(List<String> words, int dimensions, float[] numbers) {
    this.words = List.copyOf(words);
    this.dimensions = dimensions;
    this.numbers = numbers;
    places = HashMap.newHashMap(words.size());
    for (int i = 0; i < words.size(); i++) {
      places.putIfAbsent(words.get(i), i);
    }
    directions = Directions.of(words.size(), dimensions, numbers);
  }

  /**
   * Of words and their numbers.
   *
   * @param numbers [words][dimensions], one vector behind the other; not copied
   */
  public static WordVectors of(List<String> words, int dimensions, float[] numbers) {
    if (words.isEmpty() || (long) words.size() * dimensions != numbers.length) {
      throw new WordsException(
          "%d words of %d dimensions are not %d numbers"
              .formatted(words.size(), dimensions, numbers.length));
    }
    return new WordVectors(words, dimensions, numbers);
  }

  /**
   * Reads a file of word2vec, text or binary: which one, its content tells.
   *
   * @throws WordsException if there is no such file, or it is none
   */
  public static WordVectors open(Path file) {
    return VectorReader.read(file);
  }

  /** Writes word2vec's binary file: four bytes a number. */
  public void saveBinary(Path file) {
    VectorWriter.binary(this, file);
  }

  /** Writes word2vec's text file: a word a line, every digit that its numbers have. */
  public void saveText(Path file) {
    VectorWriter.text(this, file);
  }

  /** The words, the frequent ones first. */
  public List<String> words() {
    return words;
  }

  /** Numbers of a vector. */
  public int dimensions() {
    return dimensions;
  }

  /** A copy of a word's vector; empty for a word that has none. */
  public Optional<float[]> vector(String word) {
    return place(word)
        .map(at -> Arrays.copyOfRange(numbers, at * dimensions, (at + 1) * dimensions));
  }

  /** The cosine of two words that both have vectors. */
  public double similarity(String first, String second) {
    return directions.cosine(known(first), known(second));
  }

  /**
   * The nearest other words.
   *
   * @throws WordsException for a word that has no vector
   */
  public List<Neighbour> similar(String word, int count) {
    var weights = new LinkedHashMap<Integer, Float>();
    weights.put(known(word), 1f);
    return nearest(weights, count);
  }

  /**
   * What is to {@code third} as {@code second} is to {@code first}: the words nearest to {@code
   * second - first + third}, each of length 1 (3CosAdd: Mikolov et al., 2013, "Linguistic
   * Regularities in Continuous Space Word Representations"), the three left out.
   *
   * @throws WordsException for a word that has no vector
   */
  public List<Neighbour> analogy(String first, String second, String third, int count) {
    var weights = new LinkedHashMap<Integer, Float>();
    weights.merge(known(second), 1f, Float::sum);
    weights.merge(known(first), -1f, Float::sum);
    weights.merge(known(third), 1f, Float::sum);
    return nearest(weights, count);
  }

  private List<Neighbour> nearest(SequencedMap<Integer, Float> weights, int count) {
    if (count < 1) {
      throw new WordsException("asked for %d words; ask for 1 or more".formatted(count));
    }
    var query = directions.sum(weights);
    var cosines = directions.cosines(query);
    return Best.of(cosines, count, weights.keySet()).stream()
        .map(at -> new Neighbour(words.get(at), cosines[at]))
        .toList();
  }

  /** Where a word stands. */
  Optional<Integer> place(String word) {
    return Optional.ofNullable(places.get(word));
  }

  Directions directions() {
    return directions;
  }

  float number(int word, int dimension) {
    return numbers[word * dimensions + dimension];
  }

  private int known(String word) {
    return place(word)
        .orElseThrow(
            () -> new WordsException("'%s' has no vector here%s".formatted(word, hint(word))));
  }

  /** The nearest spelling, among the frequent words first; or what to do without one. */
  private String hint(String word) {
    var near = new ArrayList<String>();
    int most = Math.max(1, word.codePointCount(0, word.length()) / 3);
    for (int edits = 0; edits <= most && near.isEmpty(); edits++) {
      for (var other : words.subList(0, Math.min(words.size(), 100_000))) {
        if (Math.abs(other.length() - word.length()) <= edits
            && Names.edits(word.toLowerCase(java.util.Locale.ROOT), other) == edits) {
          near.add(other);
          break;
        }
      }
    }
    return near.isEmpty()
        ? "; it may be rarer in the text than vocabulary.min_count"
        : "; did you mean '" + near.getFirst() + "'?";
  }
}
