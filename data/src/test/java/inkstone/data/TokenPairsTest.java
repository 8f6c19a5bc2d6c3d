package inkstone.data;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class TokenPairsTest {

  private static final long SEED = Long.getLong("test.seed", 20261128);

  /** Sources and targets of random lengths; the first token of each is its number. */
  private static TokenPairs random(int count, int most) {
    var random = new SplittableRandom(SEED);
    var sources = new ArrayList<int[]>();
    var targets = new ArrayList<int[]>();
    for (int i = 0; i < count; i++) {
      var source = new int[random.nextInt(1, 20)];
      var target = new int[random.nextInt(1, 20)];
      source[0] = i;
      target[0] = i;
      sources.add(source);
      targets.add(target);
    }
    return new TokenPairs(sources, targets, most, 3);
  }

  private static List<TokenPairs.Batch> epoch(TokenPairs pairs, long number) {
    var batches = new ArrayList<TokenPairs.Batch>();
    var position = new DataPosition(number * pairs.size());
    while (position.windows() < (number + 1) * pairs.size()) {
      var batch = pairs.at(position);
      batches.add(batch);
      position = batch.after(position);
    }
    assertEquals((number + 1) * pairs.size(), position.windows());
    return batches;
  }

  @Test
  void anEpochHasEveryPairOnceAndNoBatchIsTooLarge() {
    var pairs = random(500, 100);
    var orders = new ArrayList<List<Integer>>();
    for (int number = 0; number < 3; number++) {
      var seen = new ArrayList<Integer>();
      var batches = epoch(pairs, number);
      for (var batch : batches) {
        assertTrue(batch.tokens() <= 100, "seed " + SEED);
        assertTrue(batch.sources().stream().mapToInt(s -> s.length).sum() <= 100);
        int shortest = batch.targets().getFirst().length;
        for (int i = 0; i < batch.sources().size(); i++) {
          assertEquals(batch.sources().get(i)[0], batch.targets().get(i)[0]);
          assertTrue(batch.targets().get(i).length >= shortest, "sorted within");
          seen.add(batch.targets().get(i)[0]);
        }
      }
      orders.add(List.copyOf(seen));
      Collections.sort(seen);
      for (int i = 0; i < 500; i++) {
        assertEquals(i, seen.get(i), "seed " + SEED);
      }
      // Few pairs go alone: the batches are near full.
      assertTrue(batches.size() < 2 * pairs.targetTokens() / 100, batches.size() + " batches");
    }
    assertNotEquals(orders.get(0), orders.get(1));
  }

  /** A batch hangs on its position alone, whatever was asked before. */
  @Test
  void aBatchIsAFunctionOfItsPosition() {
    var pairs = random(200, 60);
    var position = new DataPosition(0);
    for (int i = 0; i < 40; i++) {
      var batch = pairs.at(position);
      var fresh = random(200, 60).at(position);
      assertEquals(batch.sources().size(), fresh.sources().size());
      for (int k = 0; k < batch.sources().size(); k++) {
        assertArrayEquals(batch.sources().get(k), fresh.sources().get(k));
        assertArrayEquals(batch.targets().get(k), fresh.targets().get(k));
      }
      position = batch.after(position);
    }
  }

  @Test
  void whatDoesNotFitIsRefused() {
    var one = List.of(new int[5]);
    assertThrows(CorpusException.class, () -> new TokenPairs(one, List.of(), 10, 1));
    assertThrows(CorpusException.class, () -> new TokenPairs(List.of(), List.of(), 10, 1));
    var e = assertThrows(CorpusException.class, () -> new TokenPairs(one, one, 4, 1));
    assertTrue(String.valueOf(e.getMessage()).contains("pair 1 has 5"), e.getMessage());
    var single = new TokenPairs(one, one, 5, 1);
    assertEquals(1, single.at(new DataPosition(7)).sources().size());
  }
}
