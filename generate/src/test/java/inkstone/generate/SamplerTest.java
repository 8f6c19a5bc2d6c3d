package inkstone.generate;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import inkstone.generate.constraint.Constraint;
import inkstone.generate.constraint.Guide;
import inkstone.generate.constraint.TokenBytes;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

class SamplerTest {

  private static Guide guide(String expression) {
    return Constraint.regex(expression).over(TokenBytes.of(Tokens.bytes(), List.of(256)), true);
  }

  @Test
  void aConstraintDecidesWhatMayComeAndNotItsProbability() {
    var logits = new float[257];
    logits['x'] = 5;
    logits['b'] = 1;
    double total = 255 + Math.exp(5) + Math.exp(1);
    var greedy = Sampler.of(Sampling.GREEDY, 1, Optional.of(guide("[ab]{2}")));
    var choice = greedy.next(logits);
    assertEquals('b', choice.id());
    assertEquals(1 - Math.log(total), choice.logprob(), 1e-6);
    assertFalse(greedy.finished());
    assertEquals('b', greedy.next(logits).id());
    assertTrue(greedy.finished());
    // Nothing but the end of the text is left.
    assertEquals(256, greedy.next(logits).id());
    for (int seed = 0; seed < 200; seed++) {
      var drawing = Sampler.of(new Sampling(2, 0, 0.9, 0, 1), seed, Optional.of(guide("[ab]")));
      assertTrue("ab".indexOf(drawing.next(logits).id()) >= 0);
    }
    logits['a'] = Float.NEGATIVE_INFINITY;
    logits['b'] = Float.NEGATIVE_INFINITY;
    var none = Sampler.of(Sampling.GREEDY, 1, Optional.of(guide("[ab]")));
    assertThrows(GenerationException.class, () -> none.next(logits));
  }

  private static final int DRAWS = 2_000;

  @Test
  void drawsWhatTransformersWouldWithItsProbabilities() throws IOException {
    int number = 0;
    for (var line : golden()) {
      var json = new JsonMapper().readTree(line);
      var logits = floats(json.get("logits"));
      var sampling =
          new Sampling(
              json.get("temperature").asDouble(),
              json.get("top_k").asInt(),
              json.get("top_p").asDouble(),
              json.get("min_p").asDouble(),
              json.get("repetition_penalty").asDouble());
      var seen = integers(json.get("seen"));
      var kept = integers(json.get("kept"));
      var probabilities = doubles(json.get("probabilities"));
      var logprobs = doubles(json.get("logprobs"));
      var counts = new int[logits.length];
      for (int i = 0; i < DRAWS; i++) {
        var sampler = Sampler.of(sampling, i);
        sampler.see(seen);
        var choice = sampler.next(logits);
        counts[choice.id()]++;
        assertEquals(logprobs[choice.id()], choice.logprob(), 2e-6);
      }
      for (int id = 0; id < counts.length; id++) {
        int at = Arrays.binarySearch(kept, id);
        if (at < 0) {
          assertEquals(0, counts[id], "case " + number + ", token " + id);
        } else {
          double p = probabilities[at];
          double five = 5 * Math.sqrt(p * (1 - p) / DRAWS) + 2.0 / DRAWS;
          assertEquals(p, counts[id] / (double) DRAWS, five, "case " + number + ", token " + id);
        }
      }
      number++;
    }
    assertEquals(48, number);
  }

  private static List<String> golden() throws IOException {
    try (var in = Objects.requireNonNull(SamplerTest.class.getResourceAsStream("sampling.jsonl"))) {
      return new String(in.readAllBytes(), StandardCharsets.UTF_8).lines().toList();
    }
  }

  private static double[] doubles(JsonNode array) {
    return StreamSupport.stream(array.spliterator(), false)
        .mapToDouble(JsonNode::asDouble)
        .toArray();
  }

  private static int[] integers(JsonNode array) {
    return Arrays.stream(doubles(array)).mapToInt(d -> (int) d).toArray();
  }

  private static float[] floats(JsonNode array) {
    var values = doubles(array);
    var floats = new float[values.length];
    IntStream.range(0, floats.length).forEach(i -> floats[i] = (float) values[i]);
    return floats;
  }

  @Test
  void greedyTakesTheLargestAndOfEqualOnesTheLowest() {
    var sampler = Sampler.of(Sampling.GREEDY, 1);
    assertEquals(1, sampler.next(new float[] {1, 3, 3, 2}).id());
    assertEquals(0, sampler.next(new float[] {-1, -3}).id());
    assertEquals(2, sampler.next(new float[] {1, 2, 3}).id());
  }

  @Test
  void logProbabilityIsThatOfTheLogitsAsTheyCame() {
    var sampler = Sampler.of(new Sampling(0, 1, 0.5, 0.5, 3), 1);
    sampler.see(0);
    float[] logits = {(float) Math.log(0.6), (float) Math.log(0.3), (float) Math.log(0.1)};
    var choice = sampler.next(logits);
    // log 0.6 = -0.51 becomes -1.53, and log 0.3 = -1.20 wins.
    assertEquals(1, choice.id());
    assertEquals(Math.log(0.3), choice.logprob(), 1e-6);
  }

  @Test
  void theDrawnTokenCountsAsSeen() {
    var sampler = Sampler.of(new Sampling(0, 0, 1, 0, 2), 1);
    float[] logits = {4, 3, 1};
    assertEquals(0, sampler.next(logits).id());
    assertEquals(1, sampler.next(logits).id());
    assertEquals(0, sampler.next(logits).id());
    assertArrayEquals(new float[] {4, 3, 1}, logits, "the logits are left as they came");
  }

  @Test
  void penaltyDividesPositiveAndMultipliesNegativeLogits() {
    var positive = Sampler.of(new Sampling(0, 0, 1, 0, 2), 1);
    positive.see(0);
    assertEquals(1, positive.next(new float[] {4, 2.1f}).id());
    var still = Sampler.of(new Sampling(0, 0, 1, 0, 2), 1);
    still.see(0);
    assertEquals(0, still.next(new float[] {4, 1.9f}).id());
    var negative = Sampler.of(new Sampling(0, 0, 1, 0, 2), 1);
    negative.see(0);
    assertEquals(1, negative.next(new float[] {-1, -1.9f}).id());
    var kept = Sampler.of(new Sampling(0, 0, 1, 0, 2), 1);
    kept.see(0, 99);
    assertEquals(0, kept.next(new float[] {-1, -2.1f}).id());
  }

  @Test
  void seedsRepeatAndDiffer() {
    var logits = new float[1000];
    assertArrayEquals(draw(logits, 7), draw(logits, 7));
    assertNotEquals(Arrays.toString(draw(logits, 7)), Arrays.toString(draw(logits, 8)));
    var distinct = new HashSet<Integer>();
    Arrays.stream(draw(logits, 7)).forEach(distinct::add);
    assertTrue(distinct.size() > 40, "each draw is another: " + distinct);
  }

  /** 50 draws. */
  private static int[] draw(float[] logits, long seed) {
    var sampler = Sampler.of(new Sampling(1, 0, 1, 0, 1), seed);
    return IntStream.range(0, 50).map(i -> sampler.next(logits).id()).toArray();
  }

  @Test
  void theStreamIsFixed() {
    // The n-th token is where the n-th number of SplitMix64 falls among equal shares.
    var random = new SplittableRandom(1);
    int first = (int) ((random.nextLong() >>> 11) * 0x1p-53 * 1000);
    int second = (int) ((random.nextLong() >>> 11) * 0x1p-53 * 1000);
    var drawn = draw(new float[1000], 1);
    assertEquals(first, drawn[0]);
    assertEquals(second, drawn[1]);
  }

  @Test
  void minusInfinityNeverComes() {
    var logits = new float[] {Float.NEGATIVE_INFINITY, 0, Float.NEGATIVE_INFINITY};
    for (int seed = 0; seed < 50; seed++) {
      var choice = Sampler.of(new Sampling(2, 0, 1, 0, 1), seed).next(logits);
      assertEquals(new Sampler.Choice(1, 0), choice);
    }
  }

  @Test
  void damagedLogitsAreTold() {
    for (float bad : new float[] {Float.NaN, Float.POSITIVE_INFINITY}) {
      var sampler = Sampler.of(Sampling.GREEDY, 1);
      var e = assertThrows(GenerationException.class, () -> sampler.next(new float[] {1, bad, 2}));
      assertTrue(String.valueOf(e.getMessage()).contains(String.valueOf(bad)), e.getMessage());
    }
    var nothing = new float[] {Float.NEGATIVE_INFINITY};
    var sampler = Sampler.of(Sampling.GREEDY, 1);
    assertThrows(GenerationException.class, () -> sampler.next(nothing));
  }
}
