package inkstone.words;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Arrays;
import java.util.HashSet;
import java.util.PriorityQueue;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** Random words, and the tree of hierarchical softmax. */
class DrawingTest {

  @Test
  void wordsAreDrawnByTheirWeights() {
    var weights = new double[] {50, 0, 1, 7, 7, 35};
    var table = AliasTable.of(weights);
    var draws = new Draws(4);
    var counts = new int[weights.length];
    int total = 2_000_000;
    for (int i = 0; i < total; i++) {
      counts[table.draw(draws)]++;
    }
    assertEquals(0, counts[1]);
    for (int i = 0; i < weights.length; i++) {
      double share = weights[i] / 100;
      double deviation = Math.sqrt(share * (1 - share) / total);
      assertEquals(share, (double) counts[i] / total, 5 * deviation + 1e-9, "word " + i);
    }
  }

  @Test
  void oneWordIsAlwaysDrawn() {
    assertEquals(0, AliasTable.of(new double[] {3}).draw(new Draws(1)));
  }

  @Test
  void drawsBelowABoundAreUniform() {
    var draws = new Draws(2);
    var counts = new int[5];
    for (int i = 0; i < 500_000; i++) {
      counts[draws.below(5)]++;
      float unit = draws.unit();
      assertTrue(unit >= 0 && unit < 1);
    }
    for (int count : counts) {
      assertEquals(100_000, count, 1500);
    }
  }

  /** The least sum of count times depth, by the textbook's queue. */
  private static long leastCost(long[] counts) {
    var queue = new PriorityQueue<Long>();
    Arrays.stream(counts).forEach(queue::add);
    long cost = 0;
    while (queue.size() > 1) {
      long joined = queue.remove() + queue.remove();
      cost += joined;
      queue.add(joined);
    }
    return cost;
  }

  @Test
  void pathsAreAsShortAsCanBeAndNoneBeginsAnother() {
    long seed = Long.getLong("test.seed", 6);
    var random = new Random(seed);
    for (int turn = 0; turn < 50; turn++) {
      var counts =
          random
              .longs(2 + random.nextInt(60), 1, 1000)
              .map(c -> -c)
              .sorted()
              .map(c -> -c)
              .toArray();
      var tree = Huffman.of(counts);
      long cost = 0;
      var codes = new HashSet<String>();
      for (int word = 0; word < counts.length; word++) {
        cost += counts[word] * tree.nodes()[word].length;
        codes.add(Arrays.toString(tree.turns()[word]));
        assertEquals(tree.nodes()[word].length, tree.turns()[word].length);
        assertEquals(counts.length - 2, tree.nodes()[word][0], "paths begin at the root");
      }
      assertEquals(leastCost(counts), cost, "seed " + seed + ", turn " + turn);
      assertEquals(counts.length, codes.size());
      double sum = 0;
      for (var turns : tree.turns()) {
        sum += Math.pow(0.5, turns.length);
      }
      assertEquals(1, sum, 1e-9, "a full binary tree (Kraft)");
    }
  }

  @Test
  void pairsAreCountedThroughEveryGrowth() {
    var random = new Random(3);
    var counts = new PairCounts();
    var expected = new java.util.HashMap<Long, Integer>();
    for (int i = 0; i < 300_000; i++) {
      int a = random.nextInt(600);
      int b = random.nextInt(600);
      counts.add(a, b);
      expected.merge((long) a << 32 | b, 1, Integer::sum);
    }
    expected.forEach(
        (key, count) -> assertEquals(count, counts.get((int) (key >> 32), key.intValue())));
    assertEquals(0, counts.get(601, 5));
  }
}
