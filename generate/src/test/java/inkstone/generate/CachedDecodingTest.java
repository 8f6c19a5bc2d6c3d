package inkstone.generate;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import inkstone.model.Batch;
import inkstone.model.Decoder;
import inkstone.model.DecoderConfig;
import inkstone.model.Family;
import inkstone.tensor.Device;
import inkstone.tensor.Gradients;
import inkstone.tensor.KvType;
import inkstone.tensor.Scope;
import inkstone.tensor.Tensor;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** What the cache remembers changes nothing: the reference computes everything again each time. */
class CachedDecodingTest {

  static Stream<DecoderConfig> shapes() {
    return Stream.of(
        DecoderConfig.gpt2(257, 160, 32, 2, 4),
        DecoderConfig.llama(257, 160, 32, 2, 4),
        new DecoderConfig(Family.LLAMA, 257, 160, 32, 2, 4, 2, 8, 48, false, false, 1e-5, 10_000));
  }

  private static Decoder network(DecoderConfig config) {
    return Networks.lively(config, 5);
  }

  private static float[] withoutCache(Decoder decoder, int[] ids) {
    try (var off = Gradients.off();
        var scope = Scope.open()) {
      var batch =
          new Batch(
              new Batch.Ids(Tensor.of(ids, ids.length)),
              List.of(new Batch.Span(0, 0, ids.length)),
              inkstone.model.AttentionPattern.CAUSAL,
              Optional.empty(),
              Batch.Rows.LAST,
              0,
              false);
      return decoder.forward(batch).toFloats();
    }
  }

  private static float[] read(Stepper stepper, CachedSequence sequence, int[] news) {
    var logits = stepper.forward(List.of(sequence), List.of(news), new int[] {1}, Tensor::toFloats);
    sequence.add(news);
    return logits;
  }

  @ParameterizedTest
  @MethodSource("shapes")
  void greedyTextIsThatOfFullRecomputation(DecoderConfig config) {
    try (var model =
        LanguageModel.of(
            network(config),
            Tokens.bytes(),
            new GenerationDefaults(java.util.OptionalInt.of(256), List.of(), Sampling.GREEDY))) {
      for (var prompt : List.of("", "x", "The quick brown fox jumps over the lazy dog. 墨")) {
        var ids = new ArrayList<Integer>(List.of(256));
        Arrays.stream(model.tokenizer().encode(prompt)).forEach(ids::add);
        var sampler = Sampler.of(Sampling.GREEDY, 0);
        try (var pieces = model.generate(GenerationRequest.of(prompt).maxTokens(100))) {
          for (var piece : pieces) {
            var all = ids.stream().mapToInt(Integer::intValue).toArray();
            var expected = sampler.next(withoutCache(model.decoder(), all));
            assertEquals(expected.id(), piece.id(), "token " + ids.size());
            assertEquals(expected.logprob(), piece.logprob(), 1e-4);
            ids.add(piece.id());
          }
          assertEquals(100, pieces.completion().completionTokens());
        }
      }
    }
  }

  @ParameterizedTest
  @MethodSource("shapes")
  void aPromptInPartsGivesTheLogitsOfOneGo(DecoderConfig config) {
    try (var decoder = network(config)) {
      for (int seed = 0; seed < 5; seed++) {
        var random = new SplittableRandom(seed);
        int length = 2 + random.nextInt(150);
        var ids = random.ints(length, 0, 257).toArray();
        var shape = PagePool.shape(config, KvType.FLOAT32);
        try (var pool = new PagePool(shape, Device.CPU, 10, 0);
            var whole = CachedSequence.open(pool, ids, 0);
            var parts = CachedSequence.open(pool, ids, 0)) {
          var stepper = new Stepper(decoder, 257, pool);
          var expected = read(stepper, whole, ids);
          float[] logits = {};
          for (int at = 0; at < length; ) {
            int next = Math.min(length, at + 1 + random.nextInt(40));
            logits = read(stepper, parts, Arrays.copyOfRange(ids, at, next));
            at = next;
          }
          assertArrayEquals(expected, logits, 1e-4f, "seed " + seed);
          assertArrayEquals(withoutCache(decoder, ids), expected, 1e-4f, "seed " + seed);
        }
      }
    }
  }

  /** Half the memory, or a quarter, moves logits by little; the reading in parts hides nothing. */
  @ParameterizedTest
  @MethodSource("shapes")
  void smallerCachesStayNear(DecoderConfig config) {
    try (var decoder = network(config)) {
      var ids = new SplittableRandom(9).ints(150, 0, 257).toArray();
      var exact = withoutCache(decoder, ids);
      double size = Math.sqrt(squares(exact, new float[exact.length]) / exact.length);
      for (var type : KvType.values()) {
        try (var pool = new PagePool(PagePool.shape(config, type), Device.CPU, 5, 0);
            var sequence = CachedSequence.open(pool, ids, 0)) {
          var stepper = new Stepper(decoder, 257, pool);
          read(stepper, sequence, Arrays.copyOf(ids, 100));
          var logits = read(stepper, sequence, Arrays.copyOfRange(ids, 100, 150));
          double error = Math.sqrt(squares(exact, logits) / exact.length) / size;
          double most =
              switch (type) {
                case FLOAT32 -> 1e-5;
                case BFLOAT16 -> 0.02;
                case INT8 -> 0.05;
              };
          assertTrue(error <= most, type + ": " + error);
          assertTrue(type == KvType.FLOAT32 || error > 1e-5, type + " is stored as it says");
        }
      }
    }
  }

  private static double squares(float[] one, float[] other) {
    double sum = 0;
    for (int i = 0; i < one.length; i++) {
      sum += Math.pow(one[i] - other[i], 2);
    }
    return sum;
  }
}
