package inkstone.bench;

import static java.nio.charset.StandardCharsets.UTF_8;

import inkstone.generate.GenerationDefaults;
import inkstone.generate.GenerationEngine;
import inkstone.generate.GenerationRequest;
import inkstone.generate.LanguageModel;
import inkstone.generate.Pieces;
import inkstone.tensor.Engine;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import tools.jackson.databind.JsonNode;

/**
 * The process that writes for {@code bench generate} on our side: {@code decode N}, {@code prefill
 * N} and {@code streams N}, of N tokens each.
 */
public final class GenerateWorker {

  private final LanguageModel model;
  private final SplittableRandom random = new SplittableRandom(1);

  private GenerateWorker(LanguageModel model) {
    this.model = model;
  }

  /** Serves one bench over the standard streams: {@code FILE THREADS}. */
  public static void main(String[] words) throws IOException {
    Runtime.getRuntime().addShutdownHook(new Thread(Engine::stop));
    Engine.threads(Integer.parseInt(words[1]));
    try (var opened = LanguageModel.open(Path.of(words[0]))) {
      var worker = new GenerateWorker(endless(opened));
      var ready = BenchJson.MAPPER.createObjectNode();
      ready.put("ready", true).put("name", "inkstone");
      ready.put("parameters", opened.decoder().config().parameters());
      ready.put("engine", Engine.version());
      WorkerLoop.serve(
          new BufferedReader(new InputStreamReader(System.in, UTF_8)),
          System.out,
          ready,
          Map.of("decode", worker::decode, "prefill", worker::prefill, "streams", worker::streams));
    }
  }

  /** The same network, whose texts have no end: a peer's do not end either. */
  private static LanguageModel endless(LanguageModel model) {
    var defaults =
        new GenerationDefaults(model.defaults().begin(), List.of(), model.defaults().sampling());
    return LanguageModel.of(model.decoder(), model.tokenizer(), defaults);
  }

  /** The first token, which the prompt pays for, does not count. */
  private JsonNode decode(double tokens) {
    int wanted = (int) tokens;
    var request = GenerationRequest.of(prompt(1)).temperature(0).maxTokens(wanted + 1);
    try (var pieces = model.generate(request)) {
      var done = pieces.completion();
      int counted = done.completionTokens() - 1;
      return lap(counted, done.timings().generationSeconds());
    }
  }

  private JsonNode prefill(double tokens) {
    var request = GenerationRequest.of(prompt((int) tokens)).temperature(0).maxTokens(1);
    try (var pieces = model.generate(request)) {
      var done = pieces.completion();
      return lap(done.promptTokens(), done.timings().promptSeconds());
    }
  }

  /** Texts that are offered at once, each as long as its prompt; all of what is written counts. */
  private JsonNode streams(double tokens) {
    int streams = GenerateWork.STREAMS.streams();
    int each = (int) tokens;
    var requests =
        IntStream.range(0, streams)
            .mapToObj(i -> GenerationRequest.of(prompt(each)).temperature(0).maxTokens(each))
            .toList();
    try (var engine = GenerationEngine.of(model, GenerationEngine.Settings.DEFAULT)) {
      long begin = System.nanoTime();
      var texts = requests.stream().map(engine::generate).toList();
      long written = texts.stream().mapToLong(text -> text.completion().completionTokens()).sum();
      double seconds = (System.nanoTime() - begin) / 1e9;
      texts.forEach(Pieces::close);
      return lap(Math.toIntExact(written), seconds);
    }
  }

  /** Another text each time, of about so many tokens: nothing of it can have been kept. */
  private String prompt(int tokens) {
    var text = new StringBuilder();
    while (model.tokenizer().encode(text.toString()).length < tokens) {
      text.append((char) ('a' + random.nextInt(26)));
    }
    return text.toString();
  }

  private static JsonNode lap(int tokens, double seconds) {
    return BenchJson.MAPPER.valueToTree(new Lap(tokens, seconds, Double.NaN, Resident.peak()));
  }
}
