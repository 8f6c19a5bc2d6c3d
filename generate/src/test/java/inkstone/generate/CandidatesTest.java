package inkstone.generate;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.Arrays;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class CandidatesTest {

  /** Probabilities 0.5, 0.25, 0.125, 0.125, exact in binary, in a shuffled order of ids. */
  private static final float[] HALVES = {
    (float) Math.log(0.125), (float) Math.log(0.5), (float) Math.log(0.125), (float) Math.log(0.25)
  };

  private static int[] kept(int topK, double topP, double minP) {
    return Candidates.of(HALVES, HALVES[1], new Sampling(1, topK, topP, minP, 1)).ids();
  }

  @Test
  void withoutFilterEveryTokenStaysInOrderOfId() {
    assertArrayEquals(new int[] {0, 1, 2, 3}, kept(0, 1, 0));
  }

  @Test
  void topKKeepsTheMostLikelyAndTiesWithTheLast() {
    assertArrayEquals(new int[] {1}, kept(1, 1, 0));
    assertArrayEquals(new int[] {1, 3}, kept(2, 1, 0));
    assertArrayEquals(new int[] {1, 3, 0, 2}, kept(3, 1, 0));
    assertArrayEquals(new int[] {1, 3, 0, 2}, kept(4, 1, 0));
    assertArrayEquals(new int[] {1, 3, 0, 2}, kept(100, 1, 0));
  }

  @Test
  void topPKeepsTheTokenThatCrosses() {
    assertArrayEquals(new int[] {1}, kept(0, 0, 0));
    assertArrayEquals(new int[] {1}, kept(0, 0.49, 0));
    assertArrayEquals(new int[] {1, 3}, kept(0, 0.51, 0));
    assertArrayEquals(new int[] {1, 3}, kept(0, 0.74, 0));
    assertArrayEquals(new int[] {1, 3, 0}, kept(0, 0.76, 0));
    assertArrayEquals(new int[] {1, 3, 0, 2}, kept(0, 0.9, 0));
  }

  @Test
  void topPStopsExactlyWhereItIsReached() {
    var equal = new float[4];
    var half = Candidates.of(equal, 0, new Sampling(1, 0, 0.5, 0, 1));
    assertArrayEquals(new int[] {0, 1}, half.ids());
  }

  @Test
  void topPCountsWithinWhatTopKLeft() {
    // Of 0.5 and 0.25 the first has 2/3.
    assertArrayEquals(new int[] {1}, kept(2, 0.66, 0));
    assertArrayEquals(new int[] {1, 3}, kept(2, 0.67, 0));
  }

  @Test
  void minPIsRelativeToTheLargest() {
    assertArrayEquals(new int[] {1}, kept(0, 1, 0.51));
    assertArrayEquals(new int[] {1, 3}, kept(0, 1, 0.49));
    assertArrayEquals(new int[] {1, 3}, kept(0, 1, 0.26));
    assertArrayEquals(new int[] {1, 3, 0, 2}, kept(0, 1, 0.24));
    var equal = Candidates.of(new float[3], 0, new Sampling(1, 0, 1, 1, 1));
    assertArrayEquals(new int[] {0, 1, 2}, equal.ids());
  }

  @Test
  void manyMayStay() {
    var kept = Candidates.of(new float[100], 0, new Sampling(1, 0, 1, 0.5, 1));
    assertArrayEquals(IntStream.range(0, 100).toArray(), kept.ids());
    assertArrayEquals(
        IntStream.range(0, 100).toArray(),
        Candidates.of(new float[100], 0, new Sampling(1, 7, 1, 0, 1)).ids());
  }

  @Test
  void temperatureDividesTheDistances() {
    var cold = Candidates.of(HALVES, HALVES[1], new Sampling(0.5, 0, 1, 0, 1));
    assertArrayEquals(new double[] {1 / 16.0, 1, 1 / 16.0, 1 / 4.0}, cold.weights(), 1e-6);
    var filtered = Candidates.of(HALVES, HALVES[1], new Sampling(0.5, 2, 1, 0, 1));
    assertArrayEquals(new double[] {1, 1 / 4.0}, filtered.weights(), 1e-6);
  }

  @Test
  void sharesAreLaidEndToEnd() {
    var three = new Candidates(new int[] {5, 9, 2}, new double[] {1, 2, 1});
    assertEquals(5, three.at(0));
    assertEquals(5, three.at(0.2499));
    assertEquals(9, three.at(0.25));
    assertEquals(9, three.at(0.7499));
    assertEquals(2, three.at(0.75));
    assertEquals(2, three.at(Math.nextDown(1.0)));
  }

  @Test
  void whatHasNoShareDoesNotCome() {
    var gaps = new Candidates(new int[] {0, 1, 2}, new double[] {0, 1, 0});
    assertEquals(1, gaps.at(0));
    assertEquals(1, gaps.at(0.999));
  }

  @Test
  void filtersAgreeWithABruteForceSearch() {
    for (int seed = 0; seed < 500; seed++) {
      var random = new SplittableRandom(seed);
      var scores = new float[1 + random.nextInt(30)];
      for (int i = 0; i < scores.length; i++) {
        scores[i] = (float) (random.nextGaussian() * 3);
      }
      var sampling =
          new Sampling(
              0.2 + 2 * random.nextDouble(),
              random.nextInt(3) == 0 ? 0 : 1 + random.nextInt(40),
              random.nextInt(3) == 0 ? 1 : random.nextDouble(),
              random.nextInt(3) == 0 ? 0 : random.nextDouble() * 0.3,
              1);
      float largest = scores[0];
      for (float score : scores) {
        largest = Math.max(largest, score);
      }
      var ids = Candidates.of(scores, largest, sampling).ids();
      Arrays.sort(ids);
      assertArrayEquals(bruteForce(scores, sampling), ids, "seed " + seed);
    }
  }

  /** A token stays where what is before it in rank says so; each asked one by one. */
  private static int[] bruteForce(float[] scores, Sampling s) {
    int n = scores.length;
    var share = new double[n];
    var ranked = new boolean[n];
    for (int i = 0; i < n; i++) {
      int better = 0;
      for (float other : scores) {
        better += other > scores[i] ? 1 : 0;
      }
      ranked[i] = s.topK() == 0 || better < s.topK();
      share[i] = ranked[i] ? Math.exp(scores[i] / s.temperature()) : 0;
    }
    double total = Arrays.stream(share).sum();
    double largest = Arrays.stream(share).max().orElseThrow();
    return IntStream.range(0, n)
        .filter(
            i -> {
              double above = Arrays.stream(share).filter(w -> w > share[i]).sum();
              boolean first = share[i] == largest;
              return ranked[i]
                  && (first || s.topP() == 1 || above < s.topP() * total)
                  && share[i] >= s.minP() * largest;
            })
        .toArray();
  }
}
