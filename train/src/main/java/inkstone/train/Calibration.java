package inkstone.train;

import inkstone.data.TokenBatch;
import inkstone.journal.Calibrated;
import inkstone.model.DecoderConfig;
import inkstone.tensor.DType;
import inkstone.tensor.Device;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.SplittableRandom;

/**
 * How fast this machine trains, found by training for a few seconds on random tokens.
 *
 * @param compute the faster type of arithmetic, of those that were asked for
 * @param tokensPerSecond tokens of training with it
 * @param flopsPerSecond floating-point operations of training with it
 * @param matmulRoof the best rate of a matrix product with it, in operations per second
 * @param rates tokens per second by type, of all that were tried on a small batch
 * @param seconds what the measurement took
 */
public record Calibration(
    Recipe.Training.Compute compute,
    double tokensPerSecond,
    double flopsPerSecond,
    double matmulRoof,
    Map<String, Double> rates,
    double seconds) {

  private static final double SECONDS_EACH = 1.5;
  private static final double ROOF_SECONDS_EACH = 0.15;

  /** Rounding costs a little quality, and a measurement is noisy. */
  private static final double CLEARLY = 1.2;

  /** Measures a recipe's network, batch and device. */
  public static Calibration of(Recipe recipe, DecoderConfig config) {
    long start = System.nanoTime();
    var device = new Device(recipe.device());
    var rates = new LinkedHashMap<String, Double>();
    var compute = recipe.training().compute();
    if (compute == Recipe.Training.Compute.auto) {
      int few = Math.max(1, Math.min(recipe.training().batch(), 1024 / config.context()));
      for (var type : new DType[] {DType.FLOAT32, DType.BFLOAT16}) {
        rates.put(name(type).name(), rate(recipe, config, type, few));
      }
      compute =
          rates.getOrDefault("bf16", 0.0) > CLEARLY * rates.getOrDefault("fp32", 0.0)
              ? Recipe.Training.Compute.bf16
              : Recipe.Training.Compute.fp32;
    }
    double rate = rate(recipe, config, type(compute), recipe.training().batch());
    rates.putIfAbsent(compute.name(), rate);
    double roof = roof(config, type(compute), device);
    return new Calibration(
        compute,
        rate,
        rate * config.trainingFlopsPerToken(config.context()),
        roof,
        rates,
        (System.nanoTime() - start) / 1e9);
  }

  /** This measurement with what an earlier one of the same machine found. */
  Calibration after(Calibration earlier) {
    return new Calibration(
        compute,
        tokensPerSecond,
        flopsPerSecond,
        earlier.matmulRoof,
        earlier.rates,
        seconds + earlier.seconds);
  }

  /** The event that tells of it. */
  public Calibrated event() {
    return new Calibrated(compute.name(), tokensPerSecond, matmulRoof, seconds, rates);
  }

  static DType type(Recipe.Training.Compute compute) {
    return compute == Recipe.Training.Compute.bf16 ? DType.BFLOAT16 : DType.FLOAT32;
  }

  private static Recipe.Training.Compute name(DType type) {
    return type == DType.BFLOAT16 ? Recipe.Training.Compute.bf16 : Recipe.Training.Compute.fp32;
  }

  /** Tokens per second of whole optimizer steps, the first one not counted. */
  private static double rate(Recipe recipe, DecoderConfig config, DType type, int sequences) {
    try (var decoder = Networks.random(config, recipe);
        var trainer = new Trainer(decoder, recipe, type)) {
      var batch = randomTokens(config, sequences);
      step(trainer, batch);
      long start = System.nanoTime();
      int steps = 0;
      double seconds;
      do {
        step(trainer, batch);
        steps++;
        seconds = (System.nanoTime() - start) / 1e9;
      } while (seconds < SECONDS_EACH);
      return steps * (double) batch.inputs().length / seconds;
    }
  }

  private static void step(Trainer trainer, TokenBatch batch) {
    trainer.accumulate(batch);
    trainer.reduce();
    trainer.clip(1);
    trainer.step(1e-6);
  }

  private static TokenBatch randomTokens(DecoderConfig config, int sequences) {
    var random = new SplittableRandom(1);
    var ids = random.ints((long) sequences * config.context(), 0, config.vocabulary()).toArray();
    return new TokenBatch(ids, ids, sequences, config.context());
  }

  /** The best of the network's own products and one large one. */
  private static double roof(DecoderConfig config, DType type, Device device) {
    return Math.max(
        MatmulRoof.of(config, 2048, type, device, ROOF_SECONDS_EACH),
        MatmulRoof.rate(1024, 1024, 1024, type, device, ROOF_SECONDS_EACH));
  }
}
