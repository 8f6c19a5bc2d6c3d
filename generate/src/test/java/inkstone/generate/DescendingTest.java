package inkstone.generate;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class DescendingTest {

  @Test
  void ordersLikeASortEqualOnesByIndex() {
    for (int seed = 0; seed < 200; seed++) {
      var random = new SplittableRandom(seed);
      var values = new float[random.nextInt(40)];
      for (int i = 0; i < values.length; i++) {
        values[i] = random.nextInt(12) - 6;
      }
      var expected =
          IntStream.range(0, values.length)
              .boxed()
              .sorted(Comparator.comparingDouble((Integer i) -> -values[i]).thenComparing(i -> i))
              .toList();
      assertEquals(expected, drain(new Descending(values)), "seed " + seed);
    }
  }

  private static List<Integer> drain(Descending falling) {
    var order = new ArrayList<Integer>();
    while (!falling.isEmpty()) {
      int next = falling.peek();
      assertEquals(next, falling.next());
      order.add(next);
    }
    return order;
  }

  @Test
  void minusInfinityComesLast() {
    var falling = new Descending(new float[] {Float.NEGATIVE_INFINITY, -3, 2});
    assertEquals(List.of(2, 1, 0), drain(falling));
    assertTrue(falling.isEmpty());
    assertFalse(new Descending(new float[1]).isEmpty());
  }
}
