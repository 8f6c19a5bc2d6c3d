package inkstone.generate;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotSame;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import inkstone.tensor.Device;
import inkstone.tensor.KvPage;
import inkstone.tensor.KvType;
import inkstone.tensor.Tensor;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class PagePoolTest {

  private static final int SIZE = KvPage.TOKENS;

  private static PagePool pool(int most, int spare) {
    return new PagePool(new KvPage.Shape(KvType.FLOAT32, 1, 1, 1), Device.CPU, most, spare);
  }

  private static int[] ids(int count) {
    return IntStream.range(0, count).toArray();
  }

  /** A sequence that has computed all of these tokens. */
  private static CachedSequence computed(PagePool pool, int... ids) {
    var sequence = CachedSequence.open(pool, ids, ids.length);
    assertTrue(sequence.reserve(ids.length));
    sequence.add(Arrays.copyOfRange(ids, sequence.length(), ids.length));
    return sequence;
  }

  @Test
  void whatBeginsAlikeSharesFullPages() {
    try (var pool = pool(10, 10)) {
      var ids = ids(3 * SIZE);
      var first = computed(pool, ids);
      assertEquals(3, pool.used());
      var other = ids.clone();
      other[2 * SIZE] = -1;
      var second = CachedSequence.open(pool, other, other.length);
      assertEquals(2 * SIZE, second.length());
      assertEquals(first.memory().subList(0, 2), second.memory());
      assertTrue(second.reserve(other.length));
      assertEquals(4, pool.used());
      assertSame(first.memory().get(1), second.memory().get(1));
      first.close();
      second.close();
      assertEquals(0, pool.used());
      assertEquals(10, pool.available());
    }
  }

  @Test
  void aPartOfAPageIsCopied() {
    try (var pool = pool(10, 10)) {
      computed(pool, ids(SIZE + 5)).close();
      var again = CachedSequence.open(pool, ids(SIZE + 20), SIZE + 20);
      assertEquals(SIZE + 5, again.length());
      var known = again.memory().get(1);
      assertTrue(again.reserve(SIZE + 6));
      assertNotSame(known, again.memory().get(1));
      again.add(SIZE + 5);
      again.close();
      // Of the two the longer one is kept.
      var third = CachedSequence.open(pool, ids(SIZE + 20), SIZE + 20);
      assertEquals(SIZE + 6, third.length());
      third.close();
      assertEquals(0, pool.used());
    }
  }

  @Test
  void noMoreIsTakenOverThanAskedFor() {
    try (var pool = pool(10, 10)) {
      computed(pool, ids(2 * SIZE)).close();
      for (int most : new int[] {0, 1, SIZE - 1, SIZE, SIZE + 1, 2 * SIZE - 1, 2 * SIZE}) {
        var sequence = CachedSequence.open(pool, ids(2 * SIZE), most);
        assertEquals(most, sequence.length());
        sequence.close();
      }
    }
  }

  @Test
  void theLongestUnusedGoesFirstAndLeavesBeforeBranches() {
    try (var pool = pool(4, 4)) {
      var one = ids(2 * SIZE);
      var two = IntStream.range(1000, 1000 + 2 * SIZE).toArray();
      computed(pool, one).close();
      computed(pool, two).close();
      CachedSequence.open(pool, one, one.length).close(); // used again
      var three = computed(pool, IntStream.range(5000, 5000 + SIZE).toArray());
      assertEquals(SIZE, CachedSequence.open(pool, two, 2 * SIZE).length());
      assertEquals(2 * SIZE, CachedSequence.open(pool, one, 2 * SIZE).length());
      assertEquals(4, pool.used());
      assertEquals(0, pool.available());
      assertFalse(three.reserve(SIZE + 1));
    }
  }

  @Test
  void twoThatComputeTheSameKeepOneOfThem() {
    try (var pool = pool(10, 10)) {
      var one = CachedSequence.open(pool, ids(SIZE), SIZE);
      var two = CachedSequence.open(pool, ids(SIZE), SIZE);
      assertTrue(one.reserve(SIZE) && two.reserve(SIZE));
      assertNotSame(one.memory().getFirst(), two.memory().getFirst());
      one.add(ids(SIZE));
      two.add(ids(SIZE));
      assertSame(one.memory().getFirst(), two.memory().getFirst());
      assertEquals(1, pool.used());
    }
  }

  @Test
  void aForkChangesNothingOfTheOther() {
    try (var pool = pool(10, 10)) {
      var one = computed(pool, ids(SIZE + 3));
      var two = one.fork();
      assertEquals(one.memory(), two.memory());
      assertEquals(2, pool.used());
      var page = one.memory().get(1);
      assertTrue(two.reserve(SIZE + 4));
      assertNotSame(page, two.memory().get(1));
      assertTrue(one.reserve(SIZE + 4));
      assertSame(page, one.memory().get(1), "the last to hold it need not copy");
      one.add(7);
      two.add(8);
      assertEquals(SIZE + 4, one.common(concat(ids(SIZE + 3), 7), SIZE + 4));
      assertEquals(SIZE + 3, one.common(concat(ids(SIZE + 3), 8), SIZE + 4));
      one.close();
      two.close();
      assertEquals(0, pool.used());
    }
  }

  private static int[] concat(int[] ids, int last) {
    var all = Arrays.copyOf(ids, ids.length + 1);
    all[ids.length] = last;
    return all;
  }

  @Test
  void cuttingGivesPagesBackAndLeavesKnownOnesAsTheyAre() {
    try (var pool = pool(10, 10)) {
      var one = computed(pool, ids(3 * SIZE));
      one.cut(SIZE + 1);
      assertEquals(2, pool.used());
      var known = one.memory().get(1);
      assertTrue(one.reserve(SIZE + 2));
      assertNotSame(known, one.memory().get(1));
      one.add(-5);
      one.close();
      assertEquals(3 * SIZE, CachedSequence.open(pool, ids(3 * SIZE), 3 * SIZE).length());
      assertThrows(IllegalArgumentException.class, () -> computed(pool, 1).cut(2));
      assertThrows(IllegalArgumentException.class, () -> computed(pool, 1).cut(-1));
    }
  }

  @Test
  void theOnlyPageMayBeTakenOver() {
    try (var pool = pool(1, 1)) {
      computed(pool, ids(5)).close();
      var again = CachedSequence.open(pool, ids(8), 8);
      assertEquals(5, again.length());
      assertTrue(again.reserve(8));
      again.add(5, 6, 7);
      again.close();
      assertEquals(8, CachedSequence.open(pool, ids(9), 9).length());
    }
  }

  @Test
  void noMoreIsKeptThanSaid() {
    long before = Tensor.live();
    try (var pool = pool(100, 2)) {
      var sequence = computed(pool, ids(5 * SIZE + 1));
      assertEquals(before + 12, Tensor.live());
      sequence.close();
      assertEquals(before + 4, Tensor.live());
      assertEquals(2 * SIZE, CachedSequence.open(pool, ids(5 * SIZE), 5 * SIZE).length());
    }
    try (var pool = pool(100, 0)) {
      computed(pool, ids(SIZE + 1)).close();
      assertEquals(0, CachedSequence.open(pool, ids(5), 5).length());
    }
  }

  @Test
  void closingFreesWhatIsHeldWhenItIsGivenBack() {
    long before = Tensor.live();
    var pool = pool(10, 10);
    computed(pool, ids(SIZE)).close();
    var held = computed(pool, ids(2 * SIZE + 2));
    pool.close();
    assertEquals(before + 6, Tensor.live());
    held.close();
    assertEquals(before, Tensor.live());
    assertThrows(GenerationException.class, pool::take);
    pool.close();
  }

  /** What is said to be computed was: each token's page holds it, whatever happened in between. */
  @Test
  void anyOrderOfEventsKeepsTheBooks() {
    for (int seed = 0; seed < 200; seed++) {
      var random = new SplittableRandom(seed);
      long before = Tensor.live();
      int most = 1 + random.nextInt(12);
      var pool = pool(most, random.nextInt(most + 1));
      var open = new ArrayList<CachedSequence>();
      for (int i = 0; i < 60; i++) {
        int which = open.isEmpty() ? 0 : random.nextInt(5);
        if (which == 0) {
          var ids = random.ints(random.nextInt(3 * SIZE), 0, 2).toArray();
          Arrays.fill(ids, 0, Math.min(ids.length, SIZE - 1), 0);
          open.add(CachedSequence.open(pool, ids, ids.length));
          continue;
        }
        var sequence = open.get(random.nextInt(open.size()));
        switch (which) {
          case 1 -> {
            var more = random.ints(random.nextInt(SIZE), 0, 2).toArray();
            if (sequence.reserve(sequence.length() + more.length)) {
              sequence.add(more);
            }
          }
          case 2 -> sequence.cut(random.nextInt(sequence.length() + 1));
          case 3 -> open.add(sequence.fork());
          default -> {
            sequence.close();
            open.remove(sequence);
          }
        }
        var held = open.stream().flatMap(s -> s.memory().stream()).distinct().count();
        assertEquals(held, pool.used(), "seed " + seed);
        assertTrue(pool.used() <= most, "seed " + seed);
        assertTrue(pool.available() >= 0 && pool.available() <= most, "seed " + seed);
      }
      open.forEach(CachedSequence::close);
      assertEquals(0, pool.used(), "seed " + seed);
      assertEquals(most, pool.available(), "seed " + seed);
      pool.close();
      assertEquals(before, Tensor.live(), "seed " + seed);
    }
  }

  @Test
  void pagesForTokens() {
    assertEquals(
        List.of(0, 1, 1, 2), List.of(0, 1, SIZE, SIZE + 1).stream().map(PagePool::pages).toList());
  }
}
