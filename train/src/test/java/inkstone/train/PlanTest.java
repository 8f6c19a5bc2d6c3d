package inkstone.train;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class PlanTest {

  private static final double VAST = 1e15;

  /** Figures worked out apart from this code, from the formulas of the paper. */
  @ParameterizedTest
  @CsvSource({
    "1e6, 1e8, 1e9, 8.07196267745993",
    "1e6, 1e8, 1e6, 12.070180904071673",
    "1e9, 1e8, 1e9, 5.26617335585283",
    "7e9, 1.4e11, 2.5e10, 2.244760371642538",
    "1e5, 1e5, 1e5, 40.896227396825054",
  })
  void theLawOfThePaper(double parameters, double tokens, double unique, double expected) {
    assertEquals(expected, ScalingLaw.loss(parameters, tokens, unique), 1e-12 * expected);
  }

  @Test
  void nineteenAndAHalfTokensSuitAParameter() {
    assertEquals(0.05115409796375575 * 1e9, ScalingLaw.optimalParameters(1e9), 1e-3);
  }

  @Test
  void moreIsNeverWorse() {
    long seed = Long.getLong("test.seed", 1);
    var random = new SplittableRandom(seed);
    for (int i = 0; i < 2000; i++) {
      double parameters = Math.pow(10, random.nextDouble(4, 11));
      double tokens = Math.pow(10, random.nextDouble(4, 12));
      double unique = Math.pow(10, random.nextDouble(4, 12));
      double loss = ScalingLaw.loss(parameters, tokens, unique);
      double more = 1 + random.nextDouble(3);
      double least = loss * (1 + 1e-12);
      assertTrue(loss > 1.87, "seed " + seed);
      assertTrue(ScalingLaw.loss(parameters * more, tokens, unique) <= least, "seed " + seed);
      assertTrue(ScalingLaw.loss(parameters, tokens * more, unique) <= least, "seed " + seed);
      assertTrue(ScalingLaw.loss(parameters, tokens, unique * more) <= least, "seed " + seed);
    }
  }

  @Test
  void freshTextBeatsRepeatsAndRepeatsWearOut() {
    double fresh = ScalingLaw.loss(1e7, 1e9, 1e9);
    double four = ScalingLaw.loss(1e7, 1e9, 2.5e8);
    double forty = ScalingLaw.loss(1e7, 1e9, 2.5e7);
    assertTrue(fresh < four && four < forty);
    // Section 6 of the paper: up to four readings are almost as good as fresh text.
    assertTrue(four - fresh < 0.1 * (forty - fresh));
    assertEquals(fresh, ScalingLaw.loss(1e7, 1e9, 1e12));
  }

  @ParameterizedTest
  @CsvSource({
    "0, 1e15, 512",
    "724000, 1e15, 512",
    "725000, 1e15, 1024",
    "1448000, 1e15, 1024",
    "1449000, 1e15, 2048",
    "999999999999, 1e10, 512",
    "999999999999, 3e13, 2048",
    "999999999999, 1e15, 8192",
    "999999999999, 1e18, 16384",
  })
  void theVocabularyFollowsTextAndTime(long bytes, double operations, int vocabulary) {
    assertEquals(vocabulary, Plan.vocabulary(bytes, operations));
  }

  private static double flops(Recipe recipe, int vocabulary) {
    return Networks.config(recipe, vocabulary).trainingFlopsPerToken(recipe.model().context());
  }

  @ParameterizedTest
  @CsvSource({
    "1e6, 1, 1e4",
    "1e9, 60, 1e6",
    "5e10, 600, 1e6",
    "5e10, 3600, 1e9",
    "1e15, 1e6, 1e15"
  })
  void tokensFitTheOperations(double perSecond, double seconds, double unique) {
    var plan = Plan.of(Recipe.DEFAULTS, 2048, perSecond, seconds, (long) unique);
    double each = flops(plan.recipe(), 2048);
    assertTrue(plan.tokens() * each <= perSecond * seconds);
    assertTrue((plan.tokens() + 1) * each > perSecond * seconds * (1 - 1e-9));
    var config = Networks.config(plan.recipe(), 2048);
    assertEquals(
        ScalingLaw.loss(config.matmulParameters(), perSecond * seconds / each, unique),
        plan.loss(),
        1e-12);
  }

  @Test
  void theLadderHasTwoEnds() {
    var least = Plan.of(Recipe.DEFAULTS, 512, 1e3, 1, 1000).recipe().model();
    assertEquals(new Recipe.Model(least.family(), 2, 1, 0, 64, 0, 256, true, 0), least);
    var most = Plan.of(Recipe.DEFAULTS, 8192, 1e18, 1e6, (long) VAST).recipe();
    assertEquals(24, most.model().layers());
    assertEquals(1024, most.model().width());
    assertEquals(16, most.model().heads());
    assertEquals(0.003 / 2, most.optimizer().learningRate(), 1e-15);
    RecipeRules.check("plan", most);
  }

  @Test
  void moreTimeNeverTakesASmallerNetwork() {
    long before = 0;
    double loss = Double.MAX_VALUE;
    for (double seconds = 1; seconds < 1e9; seconds *= 1.5) {
      var plan = Plan.of(Recipe.DEFAULTS, 2048, 5e10, seconds, (long) VAST);
      long parameters = Networks.config(plan.recipe(), 2048).parameters();
      assertTrue(parameters >= before, seconds + " s");
      assertTrue(plan.loss() < loss, seconds + " s");
      RecipeRules.check("plan", plan.recipe());
      before = parameters;
      loss = plan.loss();
    }
  }

  @Test
  void timesAndStepsFollowTheMeasuredRate() {
    var plan = Plan.of(Recipe.DEFAULTS, 2048, 5e10, 300, 5_000_000);
    var timed = plan.timed(20_480, 222.26, 20_480 * 50);
    // 16 sequences of 256 tokens to a step: 1,000.2 steps.
    assertEquals(1000L * 4096, timed.tokens());
    var t = timed.recipe().training();
    assertEquals(5000, t.steps());
    assertEquals(222.3, t.seconds());
    assertEquals(100, t.evaluateEvery());
    assertEquals(300, t.sampleEvery());
    assertEquals(11, t.checkpointSeconds());
    assertEquals(50, timed.recipe().schedule().warmupSteps());
    assertEquals(plan.recipe().model(), timed.recipe().model());
    var event = timed.event(5, Networks.config(timed.recipe(), 2048));
    assertEquals(1000, event.steps());
    assertEquals(4096, event.tokensPerStep());
    assertEquals(timed.tokens(), event.tokens());
    assertEquals(Plan.RULE, event.rule());
  }

  @Test
  void timesHaveBounds() {
    var plan = Plan.of(Recipe.DEFAULTS, 2048, 5e10, 300, 5_000_000);
    var brief = plan.timed(1, 5, 100).recipe();
    assertEquals(50, brief.training().steps());
    assertEquals(1, brief.training().evaluateEvery());
    assertEquals(5, brief.training().checkpointSeconds());
    assertEquals(5, brief.schedule().warmupSteps());
    var endless = plan.timed(1e12, 1e6, 0).recipe();
    assertEquals(Integer.MAX_VALUE, endless.training().steps());
    assertEquals(60, endless.training().checkpointSeconds());
    assertEquals(200, endless.schedule().warmupSteps());
    assertEquals(brief, RecipeFile.parse("again", RecipeFile.write(brief), java.util.List.of()));
  }
}
