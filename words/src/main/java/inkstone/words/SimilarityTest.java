package inkstone.words;

import java.util.ArrayList;
import java.util.List;

/**
 * Pairs of words, and how near people find them; the score is Spearman's correlation with the
 * cosines.
 *
 * @param pairs in the order of the file
 */
public record SimilarityTest(String name, List<Pair> pairs) implements WordTest {

  /** Two words and people's opinion. */
  public record Pair(String first, String second, double opinion) {}

  /** Copies the list. */
  public SimilarityTest {
    pairs = List.copyOf(pairs);
  }

  @Override
  public TestScore score(WordVectors vectors) {
    var folded = new Folded(vectors, Math.min(FREQUENT, vectors.words().size()));
    var opinions = new ArrayList<Double>();
    var cosines = new ArrayList<Double>();
    for (var pair : pairs) {
      var first = folded.place(pair.first());
      var second = folded.place(pair.second());
      if (first.isPresent() && second.isPresent()) {
        opinions.add(pair.opinion());
        cosines.add(vectors.directions().cosine(first.get(), second.get()));
      }
    }
    double score =
        Spearman.of(
            opinions.stream().mapToDouble(x -> x).toArray(),
            cosines.stream().mapToDouble(x -> x).toArray());
    return new TestScore(
        name, TestKind.SIMILARITY, score, opinions.size(), pairs.size(), List.of());
  }
}
