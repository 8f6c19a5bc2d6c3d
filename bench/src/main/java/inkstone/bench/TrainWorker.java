package inkstone.bench;

import static java.nio.charset.StandardCharsets.UTF_8;

import inkstone.data.TokenBatch;
import inkstone.model.Decoder;
import inkstone.tensor.Device;
import inkstone.tensor.Engine;
import inkstone.train.MatmulRoof;
import inkstone.train.Recipe;
import inkstone.train.Trainer;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.util.Map;
import java.util.SplittableRandom;
import tools.jackson.databind.JsonNode;

/**
 * The process that trains for {@code bench train} on our side. {@code round SECONDS} runs whole
 * steps; {@code roof SECONDS} measures the best matrix product, that long for each shape.
 */
public final class TrainWorker {

  private static final double CLIP = 1;
  private static final double LEARNING_RATE = 1e-4;
  private static final int ROOF_ROWS = 2048;

  private final TrainWork work;
  private final Trainer trainer;
  private final SplittableRandom random;

  private TrainWorker(TrainWork work, Trainer trainer) {
    this.work = work;
    this.trainer = trainer;
    random = new SplittableRandom(work.seed());
  }

  /** Serves one bench over the standard streams; the words are those of {@link TrainWork}. */
  public static void main(String[] words) throws IOException {
    var work = TrainWork.parse(words);
    Runtime.getRuntime().addShutdownHook(new Thread(Engine::stop));
    Engine.threads(work.threads());
    var config = work.size().config();
    try (var decoder = Decoder.random(config, work.seed());
        var trainer = new Trainer(decoder, Recipe.DEFAULTS, work.dtype().type())) {
      var worker = new TrainWorker(work, trainer);
      worker.step();
      var ready = BenchJson.MAPPER.createObjectNode();
      ready.put("ready", true).put("name", "inkstone");
      ready.put("parameters", config.parameters()).put("engine", Engine.version());
      WorkerLoop.serve(
          new BufferedReader(new InputStreamReader(System.in, UTF_8)),
          System.out,
          ready,
          Map.of("round", worker::round, "roof", worker::roof));
    }
  }

  private double step() {
    double loss = trainer.accumulate(batch());
    trainer.reduce();
    trainer.clip(CLIP);
    trainer.step(LEARNING_RATE);
    return loss;
  }

  private TokenBatch batch() {
    int vocabulary = work.size().config().vocabulary();
    return new TokenBatch(
        random.ints(work.size().tokens(), 0, vocabulary).toArray(),
        random.ints(work.size().tokens(), 0, vocabulary).toArray(),
        work.size().sequences(),
        work.size().config().context());
  }

  private JsonNode round(double seconds) {
    long start = System.nanoTime();
    long tokens = 0;
    double loss;
    double spent;
    do {
      loss = step();
      tokens += work.size().tokens();
      spent = (System.nanoTime() - start) / 1e9;
    } while (spent < seconds);
    return BenchJson.MAPPER.valueToTree(new Lap(tokens, spent, loss, Resident.peak()));
  }

  private JsonNode roof(double seconds) {
    int rows = Math.min(ROOF_ROWS, work.size().tokens());
    double best =
        MatmulRoof.of(work.size().config(), rows, work.dtype().type(), Device.CPU, seconds);
    return BenchJson.MAPPER.createObjectNode().put("flops_per_second", best);
  }
}
