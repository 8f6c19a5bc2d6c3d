package inkstone.evaluate;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import inkstone.model.Batch;
import inkstone.model.Decoder;
import inkstone.model.DecoderConfig;
import inkstone.tensor.Functions;
import inkstone.tensor.Gradients;
import inkstone.tensor.Scope;
import inkstone.tensor.Tensor;
import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;

class HeldOutLossTest {

  private static final long SEED = Long.getLong("test.seed", 20260731);

  private static Decoder decoder(int context) {
    var decoder = Decoder.random(DecoderConfig.gpt2(11, context, 8, 1, 2), SEED);
    // So that what a token sees matters.
    decoder.parameters().values().stream()
        .filter(w -> w.rank() == 2)
        .forEach(w -> w.mulInPlace(25));
    return decoder;
  }

  /** The negative log-probability of {@code ids[at]} after those from {@code from} on. */
  private static double nats(Decoder decoder, int[] ids, int from, int at) {
    try (var scope = Scope.open();
        var off = Gradients.off()) {
      var seen = Arrays.copyOfRange(ids, from, at);
      var logits = decoder.forward(Batch.training(Tensor.of(seen, seen.length), 1, 0));
      return -Functions.logSoftmax(logits).select(0, seen.length - 1).select(0, ids[at]).item();
    }
  }

  /** Token after token: each in the first window that reaches it. */
  private static double byHand(Decoder decoder, int[] ids, int stride) {
    int tokens = ids.length - 1;
    int window = Math.min(decoder.config().context(), tokens);
    double sum = 0;
    for (int token = 1; token <= tokens; token++) {
      int from = 0;
      while (from + window < token) {
        from = Math.min(from + stride, tokens - window);
      }
      sum += nats(decoder, ids, from, token);
    }
    return sum;
  }

  private static int[] text(Random random, int length) {
    return random.ints(length, 0, 11).toArray();
  }

  @Test
  void everyTokenIsScoredOnce() {
    var random = new Random(SEED);
    long before = Tensor.live();
    for (int round = 0; round < 30; round++) {
      int context = 1 + random.nextInt(9);
      int stride = 1 + random.nextInt(context);
      var ids = text(random, 2 + random.nextInt(40));
      try (var decoder = decoder(context)) {
        var loss = HeldOutLoss.of(decoder, ids, stride);
        var message =
            "seed %d: %d ids, context %d, stride %d".formatted(SEED, ids.length, context, stride);
        assertEquals(ids.length - 1, loss.tokens(), message);
        assertEquals(byHand(decoder, ids, stride), loss.nats(), 1e-4 * loss.nats(), message);
      }
    }
    assertEquals(before, Tensor.live());
  }

  /** Lengths about the context: one window, one more token, the last window moved back. */
  @Test
  void theEdgesOfTheWindows() {
    try (var decoder = decoder(6)) {
      var text = text(new Random(SEED), 30);
      for (int length : new int[] {2, 3, 6, 7, 8, 9, 10, 12, 13, 14}) {
        for (int stride : new int[] {1, 3, 5, 6}) {
          var ids = Arrays.copyOf(text, length);
          var loss = HeldOutLoss.of(decoder, ids, stride);
          assertEquals(
              byHand(decoder, ids, stride),
              loss.nats(),
              1e-4 * loss.nats(),
              length + " ids, stride " + stride);
        }
      }
    }
  }

  /** More windows than one forward takes: 4,096 tokens are 512 windows of 8. */
  @Test
  void manyWindowsComeInSeveralForwards() {
    try (var decoder = decoder(8)) {
      var ids = text(new Random(SEED), 1 + 8 * 1100);
      var whole = HeldOutLoss.of(decoder, ids, 8);
      double parts = 0;
      for (int at = 0; at + 1 < ids.length; at += 800) {
        parts += HeldOutLoss.of(decoder, Arrays.copyOfRange(ids, at, at + 801), 8).nats();
      }
      assertEquals(8 * 1100, whole.tokens());
      assertEquals(parts, whole.nats(), 1e-4 * parts);
    }
  }

  @Test
  void aModelThatKnowsNothingNeedsTheLogarithmOfItsVocabulary() {
    try (var decoder = Decoder.random(DecoderConfig.gpt2(11, 6, 8, 1, 2), 1)) {
      decoder.parameters().values().forEach(w -> w.mulInPlace(0));
      var loss = HeldOutLoss.of(decoder, text(new Random(SEED), 50), 3);
      assertEquals(Math.log(11), loss.perToken(), 1e-6);
    }
  }

  @Test
  void bitsPerByteByHand() {
    var loss = new HeldOutLoss(8 * Math.log(2), 4);
    assertEquals(2 * Math.log(2), loss.perToken(), 1e-12);
    assertEquals(0.5, loss.bitsPerByte(16), 1e-12);
    assertEquals(8, loss.bitsPerByte(1), 1e-12);
  }

  @Test
  void argumentsThatCannotBe() {
    try (var decoder = decoder(6)) {
      for (int stride : new int[] {0, -1, 7}) {
        assertEquals(
            "stride " + stride + " is not in 1 to 6",
            assertThrows(
                    IllegalArgumentException.class,
                    () -> HeldOutLoss.of(decoder, new int[] {1, 2, 3}, stride))
                .getMessage());
      }
      for (int length : new int[] {0, 1}) {
        assertEquals(
            "held-out text of " + length + " tokens has none to score",
            assertThrows(
                    IllegalArgumentException.class,
                    () -> HeldOutLoss.of(decoder, new int[length], 1))
                .getMessage());
      }
    }
  }
}
