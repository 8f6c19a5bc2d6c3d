package inkstone.tensor;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import java.util.Arrays;
import java.util.HashSet;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class RandomTest {

  private Scope scope;

  @BeforeEach
  void open() {
    scope = Scope.open();
  }

  @AfterEach
  void close() {
    scope.close();
  }

  private static float[] draw() {
    return Random.normal(0, 1, 5).toFloats();
  }

  @Test
  void aSeedGivesItsNumbersAgain() {
    Random.seed(7);
    var first = draw();
    var second = draw();
    assertFalse(Arrays.equals(first, second), "the stream goes on");
    Random.seed(7);
    assertArrayEquals(first, draw());
    assertArrayEquals(second, draw());
    Random.seed(8);
    assertFalse(Arrays.equals(first, draw()));
    Random.seed(-7);
    assertFalse(Arrays.equals(first, draw()));
  }

  @Test
  void aStepsNumbersDoNotDependOnWhatCameBefore() {
    Random.seed(7, 3);
    var third = draw();
    Random.seed(99);
    draw();
    Random.seed(7, 2);
    draw();
    draw();
    Random.seed(7, 3);
    assertArrayEquals(third, draw());
  }

  @Test
  void everySeedAndStepHasAStreamOfItsOwn() {
    var seen = new HashSet<Float>();
    for (long seed = -3; seed <= 3; seed++) {
      for (long step = 0; step < 20; step++) {
        Random.seed(seed, step);
        seen.add(draw()[0]);
      }
    }
    assertEquals(7 * 20, seen.size());
  }

  @Test
  void dropoutDrawsFromTheStream() {
    var x = Tensor.full(1, DType.FLOAT32, Device.CPU, 100);
    Random.seed(7, 1);
    var first = Functions.dropout(x, 0.5).toFloats();
    assertFalse(Arrays.equals(first, Functions.dropout(x, 0.5).toFloats()));
    Random.seed(7, 1);
    assertArrayEquals(first, Functions.dropout(x, 0.5).toFloats());
  }

  @Test
  void theNumbersAreNormal() {
    Random.seed(Plain.SEED);
    int n = 100_000;
    var x = Plain.of(Random.normal(3, 0.5, n / 10, 10));
    assertArrayEquals(new long[] {n / 10, 10}, x.shape());
    double mean = x.sum() / n;
    var centred = x.map(v -> (v - mean) / 0.5);
    // Five standard errors.
    assertEquals(3, mean, 5 * 0.5 / Math.sqrt(n), "seed " + Plain.SEED);
    assertEquals(1, centred.map(v -> v * v).sum() / n, 5 * Math.sqrt(2.0 / n));
    assertEquals(0, centred.map(v -> v * v * v).sum() / n, 5 * Math.sqrt(15.0 / n));
    assertEquals(3, centred.map(v -> v * v * v * v).sum() / n, 5 * Math.sqrt(96.0 / n));
  }

  @Test
  void withoutDeviationThereIsTheMean() {
    assertArrayEquals(new float[] {2, 2}, Random.normal(2, 0, 2).toFloats());
    assertEquals(2, Random.normal(2, 0).item());
    assertEquals(0, Random.normal(2, 1, 0, 4).count());
    assertEquals(DType.FLOAT32, Random.normal(0, 1, 1).dtype());
  }
}
