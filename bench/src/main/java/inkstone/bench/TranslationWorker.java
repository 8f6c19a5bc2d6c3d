package inkstone.bench;

import static java.nio.charset.StandardCharsets.UTF_8;

import inkstone.generate.Translator;
import inkstone.model.seq2seq.Packed;
import inkstone.model.seq2seq.Seq2Seq;
import inkstone.tensor.Engine;
import inkstone.tensor.Tensor;
import inkstone.train.AdamW;
import inkstone.train.Recipe;
import inkstone.train.Steps;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import tools.jackson.databind.JsonNode;

/**
 * The process that trains for {@code bench translation} on our side: {@code round SECONDS} runs
 * whole steps on sentences of random tokens. All targets of a batch have one length, which walks
 * from 8 to 24 from batch to batch, and sources are up to two tokens longer or shorter: so are
 * batches of sentences that were sorted by length.
 */
public final class TranslationWorker {

  private static final double LEARNING_RATE = 1e-4;
  private static final int SHORTEST = 8;
  private static final int LENGTHS = 17;
  private static final int SPREAD = 2;

  private final TranslationSize size;
  private final Seq2Seq network;
  private final Steps steps;
  private final SplittableRandom random;
  private int batches;

  private TranslationWorker(TranslationSize size, Seq2Seq network, Steps steps, long seed) {
    this.size = size;
    this.network = network;
    this.steps = steps;
    random = new SplittableRandom(seed);
  }

  /** Serves one bench over the standard streams; the words are those of the size. */
  public static void main(String[] words) throws IOException {
    var options = new HashMap<String, String>();
    for (int i = 0; i + 1 < words.length; i += 2) {
      options.put(words[i], words[i + 1]);
    }
    var size = TranslationSize.of(options.getOrDefault("--size", ""));
    long seed = Long.parseLong(options.getOrDefault("--seed", "1"));
    Runtime.getRuntime().addShutdownHook(new Thread(Engine::stop));
    Engine.threads(Integer.parseInt(options.getOrDefault("--threads", "1")));
    try (var network = Seq2Seq.random(size.config(), seed);
        var steps =
            new Steps(
                network.parameters(),
                new AdamW(network.parameters(), Recipe.DEFAULTS.optimizer()),
                seed)) {
      var worker = new TranslationWorker(size, network, steps, seed);
      for (int i = 0; i < LENGTHS; i++) {
        worker.step();
      }
      var ready = BenchJson.MAPPER.createObjectNode();
      ready.put("ready", true).put("name", "inkstone");
      ready.put("parameters", size.config().parameters()).put("engine", Engine.version());
      WorkerLoop.serve(
          new BufferedReader(new InputStreamReader(System.in, UTF_8)),
          System.out,
          ready,
          Map.of("round", worker::round));
    }
  }

  /** What a step came to. */
  private record Done(double loss, long tokens) {}

  private Done step() {
    int length = SHORTEST + batches++ % LENGTHS;
    int count = Math.max(1, size.tokens() / (length + SPREAD));
    var sources = new ArrayList<int[]>();
    var targets = new ArrayList<int[]>();
    for (int i = 0; i < count; i++) {
      sources.add(sentence(length - SPREAD + random.nextInt(2 * SPREAD + 1)));
      targets.add(sentence(length));
    }
    double loss = steps.accumulate(() -> loss(sources, targets));
    steps.reduce();
    steps.clip(1);
    steps.step(LEARNING_RATE);
    return new Done(loss, (long) count * length);
  }

  private Tensor loss(List<int[]> sources, List<int[]> targets) {
    var given = Translator.shifted(targets, network.config().ids().start());
    var labels = targets.stream().flatMapToInt(Arrays::stream).toArray();
    return network.loss(
        Packed.of(sources), Packed.of(given), Tensor.of(labels), size.dropout(), size.smoothing());
  }

  private int[] sentence(int length) {
    return random.ints(length, 0, size.vocabulary() - 1).toArray();
  }

  private JsonNode round(double seconds) {
    long start = System.nanoTime();
    long tokens = 0;
    Done done;
    double spent;
    do {
      done = step();
      tokens += done.tokens();
      spent = (System.nanoTime() - start) / 1e9;
    } while (spent < seconds);
    return BenchJson.MAPPER.valueToTree(new Lap(tokens, spent, done.loss(), Resident.peak()));
  }
}
