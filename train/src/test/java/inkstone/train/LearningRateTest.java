package inkstone.train;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import inkstone.train.Recipe.Schedule;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

class LearningRateTest {

  private static LearningRate rate(
      Schedule.Kind kind, int steps, int warmup, double decay, double floor) {
    var t = Recipe.DEFAULTS.training();
    var training =
        new Recipe.Training(
            steps,
            0,
            1,
            1,
            t.compute(),
            0,
            t.evaluateTokens(),
            0,
            0,
            t.checkpointSeconds(),
            false,
            0,
            0);
    return LearningRate.of(
        Recipe.DEFAULTS
            .with(
                new Recipe.Optimizer(Recipe.Optimizer.Kind.adamw, 0.1, 0.9, 0.95, 1e-8, 0, 0, 0.95))
            .with(new Schedule(kind, warmup, decay, floor))
            .with(training));
  }

  @ParameterizedTest
  @EnumSource
  void warmUpIsALineTowardsThePeak(Schedule.Kind kind) {
    var rate = rate(kind, 20, 4, 0.2, 0.1);
    assertEquals(0.02, rate.at(1), 1e-15);
    assertEquals(0.04, rate.at(2), 1e-15);
    assertEquals(0.08, rate.at(4), 1e-15);
  }

  @ParameterizedTest
  @CsvSource({
    "5, 0.09944597532678119",
    "9, 0.08681980515339464",
    "14, 0.055",
    "23, 0.010554024673218806",
    "24, 0.01",
    "30, 0.01"
  })
  void cosine(long step, double expected) {
    assertEquals(expected, rate(Schedule.Kind.cosine, 24, 4, 0.2, 0.1).at(step), 1e-14);
  }

  @Test
  void cosineWithoutWarmUpOrRoom() {
    assertEquals(0.05, rate(Schedule.Kind.cosine, 2, 0, 0.2, 0).at(1), 1e-15);
    assertEquals(0.08, rate(Schedule.Kind.cosine, 4, 4, 0.2, 0).at(4), 1e-15);
    assertEquals(0, rate(Schedule.Kind.cosine, 4, 4, 0.2, 0).at(5), 1e-15);
  }

  @ParameterizedTest
  @CsvSource({
    "5, 0.1",
    "16, 0.1",
    "17, 0.082",
    "18, 0.064",
    "19, 0.046",
    "20, 0.028",
    "21, 0.01",
    "99, 0.01"
  })
  void warmUpStableDecay(long step, double expected) {
    assertEquals(expected, rate(Schedule.Kind.wsd, 20, 4, 0.2, 0.1).at(step), 1e-15);
  }

  @Test
  void constantStays() {
    var rate = rate(Schedule.Kind.constant, 20, 0, 0.2, 0.1);
    assertEquals(0.1, rate.at(1));
    assertEquals(0.1, rate.at(20));
    assertEquals(0.1, rate.at(2000));
  }

  @Test
  void decayTakesItsPartOfTheWhole() {
    var rate = rate(Schedule.Kind.wsd, 100, 4, 0.2, 0);
    assertEquals(81, rate.decayStart());
    assertEquals(100, rate.steps());
    var early = rate.decayingFrom(41);
    assertEquals(41, early.decayStart());
    assertEquals(50, early.steps());
    assertEquals(0.1, early.at(40));
    assertEquals(0.1 * 10 / 11, early.at(41), 1e-15);
    assertEquals(0.1 / 11, early.at(50), 1e-15);
    assertEquals(0, early.at(51), 1e-15);
    assertEquals(125, rate.decayingFrom(101).steps());
  }

  @Test
  void decayIsAtLeastOneStepAndMayBeAll() {
    assertEquals(1, rate(Schedule.Kind.wsd, 1, 0, 0.2, 0).decayStart());
    assertEquals(3, rate(Schedule.Kind.wsd, 3, 0, 0.01, 0).decayStart());
    assertEquals(1, rate(Schedule.Kind.wsd, 9, 0, 1, 0).decayStart());
    assertEquals(2, rate(Schedule.Kind.wsd, 100, 0, 0.2, 0).decayingFrom(2).steps());
    assertEquals(108, rate(Schedule.Kind.wsd, 100, 0, 1, 0).decayingFrom(9).steps());
  }

  /** Otherwise a run that is resumed in its decay would end at another step. */
  @Test
  void decayFromWhereItBeginsAnywayChangesNothing() {
    for (int steps = 1; steps <= 300; steps++) {
      for (var part : new double[] {0.01, 0.1, 0.2, 0.25, 0.3, 0.5, 0.7, 0.9, 1}) {
        var rate = rate(Schedule.Kind.wsd, steps, 3, part, 0.1);
        assertEquals(rate, rate.decayingFrom(rate.decayStart()), steps + " steps, " + part);
        var other = rate.decayingFrom(5);
        assertEquals(other, other.decayingFrom(5));
      }
    }
  }

  @ParameterizedTest
  @EnumSource
  void neverAboveThePeakNorBelowTheFloorAndFallingAfterTheWarmUp(Schedule.Kind kind) {
    var rate = rate(kind, 90, 7, 0.3, 0.05);
    for (int step = 1; step <= 90; step++) {
      assertTrue(rate.at(step) <= 0.1 && rate.at(step) >= 0.005, "step " + step);
      assertTrue(step <= 8 || rate.at(step) <= rate.at(step - 1), "step " + step);
    }
  }
}
