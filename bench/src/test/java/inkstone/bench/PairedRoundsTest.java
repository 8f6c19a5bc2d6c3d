package inkstone.bench;

import static inkstone.bench.PairedRounds.Better.HIGHER;
import static inkstone.bench.PairedRounds.Better.LOWER;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import java.util.OptionalDouble;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class PairedRoundsTest {

  @Test
  void anOddNumberOfRoundsHasAMiddleOne() {
    var rounds = new PairedRounds(HIGHER, List.of(30.0, 10.0, 20.0), List.of(10.0, 20.0, 10.0));
    assertEquals(List.of(3.0, 0.5, 2.0), rounds.ratios());
    assertEquals(OptionalDouble.of(2.0), rounds.ratio());
    assertEquals(OptionalDouble.of(0.5), rounds.ratioMin());
    assertEquals(OptionalDouble.of(3.0), rounds.ratioMax());
    assertEquals(20, rounds.oursMedian());
    assertEquals(OptionalDouble.of(10.0), rounds.theirsMedian());
  }

  @Test
  void ofAnEvenNumberTheMeanOfTheMiddleTwoCounts() {
    var rounds = new PairedRounds(HIGHER, List.of(8.0, 1.0, 4.0, 2.0), List.of(1.0, 1.0, 2.0, 2.0));
    assertEquals(List.of(8.0, 1.0, 2.0, 1.0), rounds.ratios());
    assertEquals(OptionalDouble.of(1.5), rounds.ratio());
    assertEquals(3, rounds.oursMedian());
    assertEquals(OptionalDouble.of(1.5), rounds.theirsMedian());
  }

  @Test
  void theMedianOfRatiosIsNotTheRatioOfMedians() {
    var rounds = new PairedRounds(HIGHER, List.of(1.0, 2.0, 9.0), List.of(4.0, 1.0, 3.0));
    assertEquals(OptionalDouble.of(2.0), rounds.ratio());
    assertEquals(2.0 / 3, rounds.oursMedian() / rounds.theirsMedian().orElseThrow());
  }

  @Test
  void ofCostsTheLowerIsTheBetter() {
    var rounds = new PairedRounds(LOWER, List.of(2.0), List.of(5.0));
    assertEquals(OptionalDouble.of(2.5), rounds.ratio());
    assertEquals(2, rounds.oursMedian());
  }

  @Test
  void withoutAPeerThereIsNoRatio() {
    var rounds = new PairedRounds(HIGHER, List.of(4.0, 2.0), List.of());
    assertEquals(3, rounds.oursMedian());
    assertEquals(List.of(), rounds.ratios());
    assertEquals(OptionalDouble.empty(), rounds.theirsMedian());
    assertEquals(OptionalDouble.empty(), rounds.ratio());
    assertEquals(OptionalDouble.empty(), rounds.ratioMin());
    assertEquals(OptionalDouble.empty(), rounds.ratioMax());
  }

  @Test
  void roundsWithoutAPartnerAreRefused() {
    var none = assertThrows(BenchException.class, () -> rounds(List.of(), List.of()));
    assertEquals("no round was measured; ask for 1 or more", none.getMessage());
    var odd = assertThrows(BenchException.class, () -> rounds(List.of(1.0, 2.0), List.of(1.0)));
    assertEquals("2 rounds of ours and 1 of the peer make no pairs", odd.getMessage());
  }

  @ParameterizedTest
  @ValueSource(doubles = {0, -1, Double.NaN, Double.POSITIVE_INFINITY})
  void figuresThatNobodyCanMeasureAreRefused(double figure) {
    assertThrows(BenchException.class, () -> rounds(List.of(figure), List.of(1.0)));
    assertThrows(BenchException.class, () -> rounds(List.of(1.0), List.of(figure)));
  }

  @Test
  void swappingTheSidesInvertsTheRatio() {
    long seed = Long.getLong("test.seed", 7);
    var random = new SplittableRandom(seed);
    for (int trial = 0; trial < 200; trial++) {
      int count = 1 + 2 * random.nextInt(6); // odd: the median of inverses is the median's inverse
      var ours = figures(random, count);
      var theirs = figures(random, count);
      var there = new PairedRounds(HIGHER, ours, theirs);
      var back = new PairedRounds(HIGHER, theirs, ours);
      var told = "seed " + seed + ": " + there;
      double ratio = there.ratio().orElseThrow();
      assertEquals(1, ratio * back.ratio().orElseThrow(), 1e-12, told);
      assertEquals(1, there.ratioMin().orElseThrow() * back.ratioMax().orElseThrow(), 1e-12, told);
      assertEquals(there.ratios(), new PairedRounds(LOWER, theirs, ours).ratios(), told);
      assertTrue(there.ratios().contains(ratio), told);
      long below = there.ratios().stream().filter(r -> r < ratio).count();
      long above = there.ratios().stream().filter(r -> r > ratio).count();
      assertTrue(below <= count / 2 && above <= count / 2, told);
    }
  }

  private static PairedRounds rounds(List<Double> ours, List<Double> theirs) {
    return new PairedRounds(HIGHER, ours, theirs);
  }

  private static List<Double> figures(SplittableRandom random, int count) {
    var figures = new ArrayList<Double>();
    for (int i = 0; i < count; i++) {
      figures.add(random.nextDouble(0.5, 2000));
    }
    return figures;
  }
}
