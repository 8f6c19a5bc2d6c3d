package inkstone.data;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.HashSet;
import org.junit.jupiter.api.Test;

class MixTest {

  @Test
  void mixesAsSplitMix64Does() {
    // The first two numbers of SplitMix64 from seed 0, as its reference implementation gives them.
    assertEquals(0xE220A8397B1DCDAFL, Mix.mix(0));
    assertEquals(0x6E789E6AA1B965F4L, Mix.mix(0x9E3779B97F4A7C15L));
  }

  @Test
  void orderLengthAndSeedCount() {
    var seen = new HashSet<Long>();
    for (long seed = 0; seed < 10; seed++) {
      for (long a = 0; a < 10; a++) {
        for (long b = 0; b < 10; b++) {
          assertTrue(seen.add(Mix.mix(seed, a, b)));
        }
      }
    }
    assertNotEquals(Mix.mix(1, "ab"), Mix.mix(1, "ba"));
    assertNotEquals(Mix.mix(1, "ab"), Mix.mix(2, "ab"));
    assertNotEquals(Mix.mix(1, ""), Mix.mix(1, "\0"));
    assertEquals(Mix.mix(1, "ab"), Mix.mix(1, "a" + "b"));
  }

  @Test
  void fractionsAndBoundedNumbersCoverTheirRange() {
    assertEquals(0.0, Mix.unit(0));
    assertEquals(0.5, Mix.unit(Long.MIN_VALUE));
    assertEquals(1 - 0x1p-53, Mix.unit(-1));
    assertEquals(0, Mix.below(0, 10));
    assertEquals(5, Mix.below(Long.MIN_VALUE, 10));
    assertEquals(9, Mix.below(-1, 10));
  }

  @Test
  void aPermutationHitsEveryPlaceOnce() {
    for (int size = 1; size < 200; size++) {
      for (long seed = 0; seed < 3; seed++) {
        var permutation = new Permutation(size, seed);
        var seen = new boolean[size];
        for (int i = 0; i < size; i++) {
          var to = (int) permutation.apply(i);
          assertTrue(!seen[to], "size " + size + " seed " + seed);
          seen[to] = true;
        }
      }
    }
    var huge = new Permutation(1L << 40, 1);
    var places = new HashSet<Long>();
    for (int i = 0; i < 1000; i++) {
      var to = huge.apply(i);
      assertTrue(to >= 0 && to < 1L << 40 && places.add(to));
    }
  }
}
