package inkstone.generate;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import inkstone.tensor.DType;
import inkstone.tensor.Scope;
import inkstone.tensor.Tensor;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class ContiguousCacheTest {

  /** [1, 2, count, 3] with values that tell head, position and column. */
  private static Tensor part(int from, int count, int sign) {
    var values = new float[2 * count * 3];
    for (int head = 0; head < 2; head++) {
      for (int i = 0; i < count; i++) {
        for (int column = 0; column < 3; column++) {
          values[(head * count + i) * 3 + column] = sign * (1000 * head + 3 * (from + i) + column);
        }
      }
    }
    return Tensor.of(values, 1, 2, count, 3);
  }

  @Test
  void givesAllThatCameInOrder() {
    try (var cache = ContiguousCache.of(300);
        var scope = Scope.open()) {
      int before = 0;
      for (int added : new int[] {5, 1, 58, 1, 70, 1, 100}) {
        var all = cache.extend(0, 0, part(before, added, 1), part(before, added, -1));
        before += added;
        assertArrayEquals(part(0, before, 1).toFloats(), all.keys().toFloats());
        assertArrayEquals(part(0, before, -1).toFloats(), all.values().toFloats());
        assertArrayEquals(new long[] {1, 2, before, 3}, all.keys().shape());
        assertEquals(before, cache.tokens(0, 0));
      }
    }
  }

  @Test
  void capacityDoublesUpToTheContext() {
    try (var cache = ContiguousCache.of(300);
        var scope = Scope.open()) {
      var capacities = new ArrayList<Integer>();
      for (int added : new int[] {1, 63, 1, 64, 150, 21}) {
        cache.extend(0, 0, part(0, added, 1), part(0, added, 1));
        capacities.add(cache.capacity(0, 0));
      }
      assertEquals(List.of(64, 64, 128, 256, 300, 300), capacities);
    }
    try (var cache = ContiguousCache.of(300);
        var scope = Scope.open()) {
      cache.extend(0, 0, part(0, 200, 1), part(0, 200, 1));
      assertEquals(200, cache.capacity(0, 0));
    }
    try (var cache = ContiguousCache.of(8);
        var scope = Scope.open()) {
      cache.extend(0, 0, part(0, 2, 1), part(0, 2, 1));
      assertEquals(8, cache.capacity(0, 0));
    }
  }

  @Test
  void layersAndSequencesAreApart() {
    try (var cache = ContiguousCache.of(10);
        var scope = Scope.open()) {
      cache.extend(0, 0, part(0, 3, 1), part(0, 3, 1));
      cache.extend(1, 0, part(5, 1, 1), part(5, 1, 1));
      var other = cache.extend(0, 1, part(7, 2, 1), part(7, 2, 1));
      assertArrayEquals(part(7, 2, 1).toFloats(), other.keys().toFloats());
      assertEquals(3, cache.tokens(0, 0));
      assertEquals(1, cache.tokens(1, 0));
      assertEquals(2, cache.tokens(0, 1));
      assertEquals(0, cache.tokens(1, 1));
      assertEquals(0, cache.capacity(1, 1));
    }
  }

  @Test
  void keepsTheTypeItIsGiven() {
    try (var cache = ContiguousCache.of(10);
        var scope = Scope.open()) {
      var half = part(0, 2, 1).to(DType.BFLOAT16);
      assertEquals(DType.BFLOAT16, cache.extend(0, 0, half, half).values().dtype());
    }
  }

  @Test
  void ownsTwoTensorsForEachLayerAndSequence() {
    long before = Tensor.live();
    var cache = ContiguousCache.of(300);
    for (int round = 1; round <= 3; round++) {
      try (var scope = Scope.open()) {
        for (int layer = 0; layer < 3; layer++) {
          cache.extend(layer, 0, part(0, 65, 1), part(0, 65, 1));
        }
      }
      assertEquals(before + 6, Tensor.live());
    }
    cache.close();
    assertEquals(before, Tensor.live());
    cache.close();
    assertEquals(before, Tensor.live());
    assertEquals(0, cache.tokens(0, 0));
  }

  @Test
  void beyondTheContextIsRefused() {
    try (var cache = ContiguousCache.of(4);
        var scope = Scope.open()) {
      cache.extend(0, 0, part(0, 3, 1), part(0, 3, 1));
      cache.extend(0, 0, part(0, 1, 1), part(0, 1, 1));
      var more = part(0, 1, 1);
      var e = assertThrows(GenerationException.class, () -> cache.extend(0, 0, more, more));
      assertTrue(String.valueOf(e.getMessage()).contains("4 tokens grows by 1"), e.getMessage());
      assertEquals(4, cache.tokens(0, 0));
    }
    assertThrows(GenerationException.class, () -> ContiguousCache.of(0));
    ContiguousCache.of(1).close();
  }
}
