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
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

class DivergenceTest {

  private static Decoder decoder(long seed, int context) {
    var decoder = Decoder.random(DecoderConfig.gpt2(11, context, 8, 1, 2), seed);
    decoder.parameters().values().stream()
        .filter(w -> w.rank() == 2)
        .forEach(w -> w.mulInPlace(25));
    return decoder;
  }

  private static float[] logprobs(Decoder decoder, int[] seen) {
    try (var scope = Scope.open();
        var off = Gradients.off()) {
      var logits = decoder.forward(Batch.training(Tensor.of(seen, seen.length), 1, 0));
      return Functions.logSoftmax(logits).select(0, seen.length - 1).toFloats();
    }
  }

  /** Distribution after distribution, in windows of the context. */
  @Test
  void itIsTheSumByHand() {
    var ids = new Random(3).ints(30, 0, 11).toArray();
    try (var first = decoder(1, 12);
        var other = decoder(2, 16)) {
      double nats = 0, otherNats = 0, divergence = 0;
      for (int i = 1; i < ids.length; i++) {
        var seen = Arrays.copyOfRange(ids, (i - 1) / 12 * 12, i);
        var p = logprobs(first, seen);
        var q = logprobs(other, seen);
        nats -= p[ids[i]];
        otherNats -= q[ids[i]];
        for (int j = 0; j < p.length; j++) {
          divergence += Math.exp(p[j]) * (p[j] - q[j]);
        }
      }
      var told = new ArrayList<Long>();
      var found = Divergence.of(first, other, ids, told::add);
      assertEquals(29, found.tokens());
      assertEquals(List.of(12L, 24L, 29L), told);
      assertEquals(nats, found.nats(), 1e-3);
      assertEquals(otherNats, found.otherNats(), 1e-3);
      assertEquals(divergence, found.divergence(), 1e-3);
      assertEquals(Math.exp(nats / 29), found.perplexity(), 1e-3);
      assertEquals(Math.exp(otherNats / 29), found.otherPerplexity(), 1e-3);
      assertEquals(divergence / 29, found.mean(), 1e-4);
      assertEquals(0, Divergence.of(first, first, ids, done -> {}).divergence());
      assertThrows(
          IllegalArgumentException.class,
          () -> Divergence.of(first, other, new int[1], done -> {}));
    }
  }
}
