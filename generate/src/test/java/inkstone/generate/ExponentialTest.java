package inkstone.generate;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class ExponentialTest {

  @Test
  void isTheExponential() {
    var random = new SplittableRandom(1);
    for (int i = 0; i < 200_000; i++) {
      double x = -708 * Math.pow(random.nextDouble(), 1 + i % 5);
      double expected = StrictMath.exp(x);
      assertEquals(expected, Exponential.at(x), 1e-12 * expected, () -> "at " + x);
    }
    double step = Math.log(2) / 1024;
    for (int i = 0; i < 5000; i++) {
      assertEquals(1, Exponential.at(-i * step) / Math.exp(-i * step), 1e-12);
    }
  }

  @Test
  void theEdges() {
    assertEquals(1, Exponential.at(0));
    assertEquals(1, Exponential.at(-0.0));
    assertTrue(Exponential.at(-708) > 0);
    assertEquals(0, Exponential.at(-708.0001));
    assertEquals(0, Exponential.at(Double.NEGATIVE_INFINITY));
    assertTrue(Double.isNaN(Exponential.at(Double.NaN)));
  }
}
