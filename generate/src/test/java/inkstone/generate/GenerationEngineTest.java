package inkstone.generate;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import inkstone.generate.GenerationEngine.Settings;
import inkstone.model.DecoderConfig;
import inkstone.model.Family;
import inkstone.tensor.DType;
import inkstone.tensor.Device;
import inkstone.tensor.KvType;
import inkstone.tensor.Scope;
import inkstone.tensor.Tensor;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalInt;
import java.util.SplittableRandom;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(120)
class GenerationEngineTest {

  private static final int END = 256;

  private static LanguageModel model(int context) {
    return LanguageModel.of(
        Networks.lively(DecoderConfig.llama(257, context, 16, 2, 2), 3),
        Tokens.bytes(),
        new GenerationDefaults(OptionalInt.of(END), List.of(), Sampling.GREEDY));
  }

  private static Settings settings(int streams, int chunk, int cacheTokens) {
    return new Settings(streams, 1000, chunk, cacheTokens, KvType.FLOAT32);
  }

  private static List<GenerationRequest> requests(long seed, int count) {
    var random = new SplittableRandom(seed);
    var requests = new ArrayList<GenerationRequest>();
    for (int i = 0; i < count; i++) {
      // Some begin alike, so that pages are shared.
      var prompt =
          new StringBuilder(random.nextBoolean() ? "The same beginning of some texts. " : "");
      random.ints(random.nextInt(60), 'a', 'z').forEach(c -> prompt.append((char) c));
      requests.add(
          GenerationRequest.of(prompt.toString())
              .maxTokens(1 + random.nextInt(40))
              .temperature(random.nextBoolean() ? 0 : 0.9)
              .seed(i));
    }
    return requests;
  }

  private static List<String> alone(LanguageModel model, List<GenerationRequest> requests) {
    return requests.stream()
        .map(
            request -> {
              try (var pieces = model.generate(request)) {
                return pieces.completion().text();
              }
            })
        .toList();
  }

  /** Whatever else is in the batch, however small the chunks, however short the pages. */
  @Test
  void aTextIsTheSameInAnyCompany() {
    long seed = 11;
    try (var model = model(160)) {
      var requests = requests(seed, 24);
      var expected = alone(model, requests);
      for (var settings :
          List.of(
              settings(1, 512, 4096),
              settings(8, 7, 4096),
              settings(24, 512, 4096),
              settings(24, 1, 100_000),
              settings(8, 64, 160),
              settings(24, 16, 320))) {
        try (var engine = GenerationEngine.of(model, settings)) {
          var all = requests.stream().map(engine::generate).toList();
          var texts = all.stream().map(pieces -> pieces.completion().text()).toList();
          assertEquals(expected, texts, "seed " + seed + ", " + settings);
        }
      }
    }
  }

  /** Many threads, most of which go before the end, and a cache that holds a few texts at once. */
  @Test
  void nothingIsLostWhateverComesAndGoes() throws Exception {
    long seed = 5;
    long before = Tensor.live();
    try (var model = model(160)) {
      var requests = requests(seed, 300);
      var expected = alone(model, requests);
      long withModel = Tensor.live();
      try (var engine = GenerationEngine.of(model, settings(16, 32, 400));
          var threads = Executors.newVirtualThreadPerTaskExecutor()) {
        var tasks = new ArrayList<Callable<Boolean>>();
        for (int i = 0; i < requests.size(); i++) {
          int number = i;
          tasks.add(
              () -> {
                var random = new SplittableRandom(seed * 1000 + number);
                Thread.sleep(random.nextInt(300));
                boolean leaves = random.nextInt(3) > 0;
                int most = leaves ? random.nextInt(20) : Integer.MAX_VALUE;
                try (var pieces = engine.generate(requests.get(number))) {
                  var text = new StringBuilder();
                  for (int n = 0; n < most; n++) {
                    var piece = pieces.next();
                    if (piece.isEmpty()) {
                      break;
                    }
                    text.append(piece.get().text());
                  }
                  return leaves
                      ? expected.get(number).startsWith(text.toString())
                      : expected.get(number).contentEquals(text);
                }
              });
        }
        for (var result : threads.invokeAll(tasks)) {
          assertTrue(result.get(), "seed " + seed);
        }
        await(() -> engine.load().equals(new GenerationEngine.Load(0, 0, 0)));
      }
      assertEquals(withModel, Tensor.live());
    }
    assertEquals(before, Tensor.live());
  }

  private static void await(java.util.function.BooleanSupplier wanted) throws InterruptedException {
    while (!wanted.getAsBoolean()) {
      Thread.sleep(1);
    }
  }

  @Test
  void closingEndsEverything() throws InterruptedException {
    long before = Tensor.live();
    try (var model = model(2000)) {
      long withModel = Tensor.live();
      var engine = GenerationEngine.of(model, settings(2, 64, 4096));
      var all =
          IntStream.range(0, 5)
              .mapToObj(i -> engine.generate(GenerationRequest.of("text " + i).maxTokens(1900)))
              .toList();
      all.getFirst().next();
      assertTrue(engine.load().running() > 0);
      engine.close();
      engine.close();
      assertEquals(withModel, Tensor.live());
      for (var pieces : all) {
        var completion = pieces.completion();
        assertEquals(FinishReason.CANCELLED, completion.finishReason());
        assertTrue(completion.completionTokens() < 1900);
        pieces.close();
      }
      assertThrows(GenerationException.class, () -> engine.generate(GenerationRequest.of("a")));
    }
    assertEquals(before, Tensor.live());
  }

  @Test
  void cancellingMakesRoom() throws InterruptedException {
    try (var model = model(2000);
        var engine = GenerationEngine.of(model, settings(1, 64, 4096))) {
      var first = engine.generate(GenerationRequest.of("a").maxTokens(1900));
      var second = engine.generate(GenerationRequest.of("b").maxTokens(3));
      first.next();
      first.close();
      assertEquals(3, second.completion().completionTokens());
      assertEquals(FinishReason.LENGTH, second.completion().finishReason());
      assertEquals(FinishReason.CANCELLED, first.completion().finishReason());
      assertEquals(1, first.completion().completionTokens());
      await(() -> engine.load().running() == 0);
    }
  }

  @Test
  void tooManyAndTooLongAreRefused() {
    try (var model = model(200);
        var engine = GenerationEngine.of(model, new Settings(1, 2, 64, 96, KvType.FLOAT32))) {
      var running = engine.generate(GenerationRequest.of("a").maxTokens(90));
      running.next();
      engine.generate(GenerationRequest.of("b"));
      engine.generate(GenerationRequest.of("c"));
      var full =
          assertThrows(GenerationException.class, () -> engine.generate(GenerationRequest.of("d")));
      assertTrue(String.valueOf(full.getMessage()).contains("2 requests wait"), full.getMessage());
      var late =
          assertThrows(
              GenerationException.class,
              () -> engine.generate(GenerationRequest.of("x".repeat(100))));
      assertTrue(
          String.valueOf(late.getMessage()).contains("the model's cache holds 96"),
          late.getMessage());
      // What does not fit the cache ends there, as at the end of the context.
      assertEquals(90, running.completion().completionTokens());
    }
    for (var wrong :
        List.of(
            List.of(0, 1, 1, 1), List.of(1, 0, 1, 1), List.of(1, 1, 0, 1), List.of(1, 1, 1, 0))) {
      assertThrows(
          GenerationException.class,
          () ->
              new Settings(wrong.get(0), wrong.get(1), wrong.get(2), wrong.get(3), KvType.FLOAT32));
    }
  }

  /** The text that meets a damaged token fails, and those in the same batches go on. */
  @Test
  void oneFailureDoesNotTouchOthers() {
    var config =
        new DecoderConfig(Family.LLAMA, 257, 64, 16, 2, 2, 2, 8, 64, false, false, 1e-5, 10_000);
    try (var model =
        LanguageModel.of(
            Networks.lively(config, 3),
            Tokens.bytes(),
            new GenerationDefaults(OptionalInt.of(END), List.of(), Sampling.GREEDY))) {
      try (var scope = Scope.open()) {
        var damaged = model.decoder().parameters().get("model.embed_tokens.weight");
        damaged
            .narrow(0, 'z', 1)
            .copyInPlace(Tensor.full(Double.NaN, DType.FLOAT32, Device.CPU, 1, 16));
      }
      var request = GenerationRequest.of("good").maxTokens(30);
      var expected = alone(model, List.of(request)).getFirst();
      try (var engine = GenerationEngine.of(model, settings(4, 64, 4096))) {
        var good = IntStream.range(0, 3).mapToObj(i -> engine.generate(request)).toList();
        var bad = engine.generate(GenerationRequest.of("z").maxTokens(30));
        assertThrows(GenerationException.class, bad::completion);
        assertTrue(bad.next().isEmpty());
        assertEquals(FinishReason.CANCELLED, bad.completion().finishReason());
        good.forEach(pieces -> assertEquals(expected, pieces.completion().text()));
      }
    }
  }

  @Test
  void aWaitThatIsInterruptedGivesTheTextUp() throws InterruptedException {
    try (var model = model(2000);
        var engine = GenerationEngine.of(model, settings(1, 64, 4096))) {
      var first = engine.generate(GenerationRequest.of("a").maxTokens(1900));
      first.next();
      var second = engine.generate(GenerationRequest.of("b"));
      var waits =
          Thread.startVirtualThread(
              () -> {
                assertThrows(GenerationException.class, second::next);
                assertTrue(Thread.currentThread().isInterrupted());
              });
      Thread.sleep(20);
      waits.interrupt();
      assertTrue(waits.join(Duration.ofSeconds(20)));
      assertTrue(second.next().isEmpty());
      await(() -> engine.load().waiting() == 0);
    }
  }
}
