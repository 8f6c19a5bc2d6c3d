package inkstone.model;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;

class DecoderConfigTest {

  private static String error(Executable action) {
    return assertThrows(ModelException.class, action).getMessage();
  }

  private static DecoderConfig with(Family family, int... sizes) {
    return new DecoderConfig(
        family, sizes[0], sizes[1], sizes[2], sizes[3], sizes[4], sizes[5], sizes[6], sizes[7],
        false, true, 1e-5, 10_000);
  }

  @Test
  void everySizeIsPositive() {
    var names =
        new String[] {
          "vocabulary", "context", "width", "layers", "heads", "keyValueHeads", "headDim", "hidden"
        };
    for (int i = 0; i < names.length; i++) {
      for (int wrong : new int[] {0, -1, Integer.MIN_VALUE}) {
        var sizes = new int[] {10, 10, 8, 1, 2, 2, 4, 10};
        sizes[i] = wrong;
        assertEquals(
            names[i] + ": " + wrong + " is not a size; give 1 or more",
            error(() -> with(Family.LLAMA, sizes)));
      }
    }
    assertEquals(1, with(Family.LLAMA, 1, 1, 1, 1, 1, 1, 2, 1).layers(), "the smallest there is");
  }

  @Test
  void sizesThatDoNotFitTogether() {
    assertEquals(
        "heads: 4 query heads cannot share 3 key and value heads; give a divisor of 4",
        error(() -> with(Family.LLAMA, 10, 10, 8, 1, 4, 3, 4, 10)));
    assertEquals(
        "heads: 2 query heads cannot share 4 key and value heads; give a divisor of 2",
        error(() -> with(Family.LLAMA, 10, 10, 8, 1, 2, 4, 4, 10)));
    assertEquals(
        "headDim: 3 is odd; rotary positions turn pairs of numbers",
        error(() -> with(Family.LLAMA, 10, 10, 8, 1, 2, 2, 3, 10)));
    assertEquals(
        "heads: GPT-2 splits its width evenly, 8 does not divide by 2 heads",
        error(() -> with(Family.GPT2, 10, 10, 8, 1, 2, 2, 3, 10)));
    assertEquals(
        "keyValueHeads: GPT-2 has as many as query heads, 2, not 1",
        error(() -> with(Family.GPT2, 10, 10, 8, 1, 2, 1, 4, 10)));
    assertEquals(
        "heads: a width of 10 does not divide by 3",
        error(() -> DecoderConfig.gpt2(10, 10, 10, 1, 3)));
    assertEquals(
        "heads: a width of 10 does not divide by 0",
        error(() -> DecoderConfig.llama(10, 10, 10, 1, 0)));
  }

  private static DecoderConfig with(boolean bias, double epsilon, double base) {
    return new DecoderConfig(Family.LLAMA, 10, 10, 8, 1, 2, 2, 4, 10, bias, true, epsilon, base);
  }

  @Test
  void valuesThatMakeNoNetwork() {
    assertEquals("bias: Llama has none; give false", error(() -> with(true, 1e-5, 1e4)));
    for (double wrong : new double[] {-1e-9, 1, Double.NaN, Double.POSITIVE_INFINITY}) {
      assertEquals(
          "normEpsilon: " + wrong + " is not in [0, 1)", error(() -> with(false, wrong, 1e4)));
    }
    for (double wrong : new double[] {0, -1, Double.NaN, Double.POSITIVE_INFINITY}) {
      assertEquals(
          "rotaryBase: " + wrong + " is not a positive number", error(() -> with(false, 0, wrong)));
    }
  }

  @Test
  void theUsualShapes() {
    assertEquals(
        new DecoderConfig(Family.GPT2, 100, 64, 48, 3, 4, 4, 12, 192, true, true, 1e-5, 10_000),
        DecoderConfig.gpt2(100, 64, 48, 3, 4));
    // 8/3 of 48 is 128; of 49 it is 130.67, and 160 the next multiple of 32.
    assertEquals(
        new DecoderConfig(Family.LLAMA, 100, 64, 48, 3, 4, 4, 12, 128, false, true, 1e-5, 10_000),
        DecoderConfig.llama(100, 64, 48, 3, 4));
    assertEquals(160, DecoderConfig.llama(100, 64, 52, 3, 2).hidden());
  }

  @Test
  void gpt2SmallHasItsKnownSize() {
    assertEquals(124_439_808, DecoderConfig.gpt2(50257, 1024, 768, 12, 12).parameters());
    // Without positions, norms and biases.
    assertEquals(
        12L * 12 * 768 * 768 + 50257L * 768,
        DecoderConfig.gpt2(50257, 1024, 768, 12, 12).matmulParameters());
  }

  @Test
  void tinyLlamaHasItsKnownSize() {
    var config =
        new DecoderConfig(
            Family.LLAMA, 32000, 2048, 2048, 22, 32, 4, 64, 5632, false, false, 1e-5, 10_000);
    assertEquals(1_100_048_384L, config.parameters());
  }

  /** The formula against the shapes that the network really has. */
  @Test
  void parametersAreThoseOfTheLayout() {
    var random = new Random(Models.SEED);
    for (int round = 0; round < 200; round++) {
      var family = random.nextBoolean() ? Family.GPT2 : Family.LLAMA;
      int groups = 1 + random.nextInt(4);
      int heads = groups * (family == Family.GPT2 ? 1 : 1 + random.nextInt(3));
      int dim = 2 * (1 + random.nextInt(8));
      var config =
          new DecoderConfig(
              family,
              1 + random.nextInt(300),
              1 + random.nextInt(100),
              family == Family.GPT2 ? heads * dim : 1 + random.nextInt(60),
              1 + random.nextInt(5),
              heads,
              groups,
              dim,
              1 + random.nextInt(100),
              family == Family.GPT2 && random.nextBoolean(),
              random.nextBoolean(),
              1e-5,
              10_000);
      var shapes = Layout.of(config);
      var seed = "seed " + Models.SEED + ", round " + round;
      assertEquals(
          shapes.values().stream()
              .mapToLong(s -> Arrays.stream(s).reduce(1, (a, b) -> a * b))
              .sum(),
          config.parameters(),
          seed);
      // Matrices that multiply: all but the embeddings, and the head once, tied or not.
      assertEquals(
          shapes.entrySet().stream()
              .filter(e -> e.getValue().length == 2)
              .filter(e -> !e.getKey().contains("embed_positions"))
              .filter(e -> config.tied() || !e.getKey().contains("embed_tokens"))
              .mapToLong(e -> e.getValue()[0] * e.getValue()[1])
              .sum(),
          config.matmulParameters(),
          seed);
    }
  }

  @Test
  void flopsByHand() {
    var config = with(Family.LLAMA, 10, 10, 8, 3, 2, 1, 4, 12);
    // Each layer: qkv 8 x 16, output 8 x 8, gate, up and down 8 x 12; the head 10 x 8.
    assertEquals(3 * (128 + 64 + 288) + 80, config.matmulParameters());
    // A query of width 8 meets half of 100 keys and values: 2 products of 2 x 8 x 50, three times.
    assertEquals(6.0 * 1520 + 3 * 3 * 2 * 2 * 8 * 50, config.trainingFlopsPerToken(100));
  }
}
