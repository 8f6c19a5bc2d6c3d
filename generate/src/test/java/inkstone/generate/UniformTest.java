package inkstone.generate;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class UniformTest {

  @Test
  void givesTheStreamOfSplitMix64() {
    for (long seed : new long[] {0, 1, 7, -1, Long.MIN_VALUE, 0x123456789ABCDEFL}) {
      var reference = new SplittableRandom(seed);
      for (int i = 0; i < 100; i++) {
        assertEquals((reference.nextLong() >>> 11) * 0x1p-53, Uniform.at(seed, i), "seed " + seed);
      }
    }
  }
}
