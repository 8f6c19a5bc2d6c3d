package inkstone.generate;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import inkstone.model.Decoder;
import inkstone.model.DecoderConfig;
import inkstone.model.GgufModel;
import inkstone.tensor.GgufType;
import inkstone.tensor.KvType;
import inkstone.tensor.Tensor;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SpeculationTest {

  private static final int END = 256;

  private static LanguageModel model(Decoder decoder) {
    return LanguageModel.of(
        decoder,
        Tokens.bytes(),
        new GenerationDefaults(OptionalInt.of(END), List.of(), Sampling.GREEDY));
  }

  private static LanguageModel lively(int context, int width, long seed) {
    return model(Networks.lively(DecoderConfig.llama(257, context, width, 2, 2), seed));
  }

  private static List<Integer> ids(Pieces pieces) {
    var ids = new ArrayList<Integer>();
    pieces.forEach(piece -> ids.add(piece.id()));
    return ids;
  }

  private static Completion same(
      LanguageModel model, GenerationRequest request, Speculation speculation, String where) {
    try (var plain = model.generate(request);
        var guessed = model.generate(request.speculation(speculation))) {
      assertEquals(ids(plain), ids(guessed), where);
      var completion = guessed.completion();
      assertEquals(plain.completion().text(), completion.text(), where);
      assertEquals(plain.completion().finishReason(), completion.finishReason(), where);
      assertEquals(0, plain.completion().guesses().made());
      assertTrue(completion.guesses().right() <= completion.guesses().made());
      for (int i = 0; i < completion.logprobs().size(); i++) {
        assertEquals(
            plain.completion().logprobs().get(i), completion.logprobs().get(i), 1e-4, where);
      }
      return completion;
    }
  }

  /** Greedy and drawn, with and without a penalty, to the end of the context and before. */
  @Test
  void theTextIsTheOneThatWouldHaveCome() {
    int made = 0;
    int right = 0;
    for (int seed = 0; seed < 12; seed++) {
      var random = new SplittableRandom(seed);
      try (var model = lively(96, 16, seed);
          var draft = lively(64 + random.nextInt(64), 8, seed + 100)) {
        for (int round = 0; round < 4; round++) {
          var part = "ab".repeat(random.nextInt(4)) + (char) ('c' + random.nextInt(20));
          var request =
              GenerationRequest.of(part.repeat(1 + random.nextInt(8)))
                  .maxTokens(1 + random.nextInt(90))
                  .temperature(random.nextInt(3) == 0 ? 0.7 : 0)
                  .repetitionPenalty(random.nextInt(3) == 0 ? 1.2 : 1)
                  .logprobs(true)
                  .seed(seed);
          var lookup = new Speculation.PromptLookup(1 + random.nextInt(3), 1 + random.nextInt(7));
          var where = "seed %d, round %d, %s".formatted(seed, round, lookup);
          var guesses = same(model, request, lookup, where).guesses();
          made += guesses.made();
          right += guesses.right();
          same(model, request, new Speculation.Draft(draft, 1 + random.nextInt(5)), where);
        }
      }
    }
    assertTrue(made > right && right > 0, right + " of " + made + " guesses were right");
  }

  /** Many rows of a product are bit for bit each row alone, so that no guess changes a number. */
  @Test
  void theSameWithWeightsInBlocks(@TempDir Path folder) {
    for (var type : List.of(GgufType.Q8_0, GgufType.Q4_0)) {
      var file = folder.resolve(type + ".gguf");
      try (var dense = Networks.lively(DecoderConfig.llama(257, 96, 64, 2, 2), 3)) {
        GgufModel.save(file, dense, type, Map.of());
      }
      try (var model = model(GgufModel.open(file))) {
        for (int guesses : new int[] {1, 4, 12}) {
          var request = GenerationRequest.of("abcabcab").maxTokens(60).temperature(0);
          var lookup = new Speculation.PromptLookup(2, guesses);
          same(model, request.logprobs(true), lookup, type + ", " + guesses + " guesses");
        }
      }
    }
  }

  /** A model guesses itself: all is right, and two steps in three are saved. */
  @Test
  void whatADraftKnowsIsTaken() {
    try (var model = lively(96, 16, 4);
        var twin = lively(96, 16, 4)) {
      var request = GenerationRequest.of("abc").maxTokens(31);
      var guesses = same(model, request, new Speculation.Draft(twin, 2), "twin").guesses();
      assertEquals(guesses.made(), guesses.right());
      assertEquals(20, guesses.made(), "31 tokens in steps of three");
      assertEquals(1, guesses.rate());
    }
  }

  @Test
  void memoryGoesWithTheModels() {
    long before = Tensor.live();
    try (var model = lively(96, 16, 4);
        var draft = lively(96, 8, 5)) {
      var pieces =
          model.generate(GenerationRequest.of("abc").speculation(new Speculation.Draft(draft, 3)));
      pieces.next();
      pieces.close();
      assertEquals(0, draft.stepper().pool().used());
      assertEquals(0, model.stepper().pool().used());
    }
    assertEquals(before, Tensor.live());
  }

  @Test
  void manyAtOnceInAnEngineThatIsShortOfPages() {
    try (var model = lively(128, 16, 7);
        var draft = lively(128, 8, 8)) {
      var requests = new ArrayList<GenerationRequest>();
      for (int i = 0; i < 12; i++) {
        requests.add(
            GenerationRequest.of("text " + i + " text " + i)
                .maxTokens(40)
                .speculation(
                    i % 3 == 0
                        ? new Speculation.Draft(draft, 3)
                        : i % 3 == 1 ? new Speculation.PromptLookup(2, 4) : Speculation.NONE));
      }
      var settings = new GenerationEngine.Settings(12, 100, 64, 224, KvType.FLOAT32);
      try (var engine = GenerationEngine.of(model, settings)) {
        var all = requests.stream().map(engine::generate).toList();
        for (int i = 0; i < requests.size(); i++) {
          var plain = requests.get(i).speculation(Speculation.NONE);
          try (var alone = model.generate(plain)) {
            // The engine's thread uses the model too, so one waits for the other.
            assertEquals(all.get(i).completion().text().length() > 0, true);
            alone.close();
          }
        }
      }
      for (var request : requests) {
        same(model, request.speculation(Speculation.NONE), request.speculation(), "after");
      }
    }
  }

  @Test
  void whatIsGuessedStandsInTheTextAlready() {
    int[] ids = {1, 2, 3, 9, 1, 2, 4, 1, 2};
    try (var one = lively(16, 8, 1)) {
      var guesser = Guesser.of(new Speculation.PromptLookup(2, 3), one);
      assertArrayEquals(new int[] {4, 1, 2}, guesser.guess(ids, 9, 5), "the last place counts");
      assertArrayEquals(new int[] {4}, guesser.guess(ids, 9, 1));
      assertArrayEquals(new int[] {}, guesser.guess(ids, 4, 5), "9 is new");
      assertArrayEquals(new int[] {3, 9, 1}, guesser.guess(ids, 6, 5));
      assertArrayEquals(new int[] {2, 3, 9}, guesser.guess(ids, 5, 5), "one token is known");
      assertArrayEquals(new int[] {}, guesser.guess(ids, 1, 5));
      var three = Guesser.of(new Speculation.PromptLookup(3, 9), one);
      assertArrayEquals(new int[] {4, 1, 2}, three.guess(ids, 9, 5), "no further than the end");
    }
  }

  @Test
  void whatCannotBeIsTold() {
    assertThrows(GenerationException.class, () -> new Speculation.PromptLookup(0, 1));
    assertThrows(GenerationException.class, () -> new Speculation.PromptLookup(1, 0));
    try (var model = lively(16, 8, 1);
        var other =
            LanguageModel.of(
                Decoder.random(DecoderConfig.llama(8, 16, 8, 1, 1), 1),
                Tokens.of(List.of(new byte[] {'a'})),
                GenerationDefaults.documents(0))) {
      assertThrows(GenerationException.class, () -> new Speculation.Draft(model, 0));
      var request = GenerationRequest.of("a").speculation(new Speculation.Draft(other, 1));
      var e = assertThrows(GenerationException.class, () -> model.generate(request));
      assertEquals(
          "the draft model has 1 tokens and the model 257: they must have one vocabulary",
          e.getMessage());
    }
  }
}
