package inkstone.train;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import inkstone.data.TokenBatch;
import inkstone.model.Decoder;
import inkstone.model.DecoderConfig;
import inkstone.tensor.DType;
import inkstone.tensor.Tensor;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class MemoryTest {

  private static final Path RESIDENT = Path.of("/proc/self/statm");
  private static final long PAGE = 4096;

  @Test
  void trainingStaysFlat() throws IOException {
    assumeTrue(Files.exists(RESIDENT), "resident memory is read from /proc, which is not here");
    var config = DecoderConfig.llama(257, 32, 32, 2, 2);
    var m = Recipe.DEFAULTS.model();
    var recipe =
        Recipe.DEFAULTS.with(new Recipe.Model(m.family(), 2, 2, 0, 32, 0, 32, m.bias(), 0.1));
    try (var decoder = Decoder.random(config, 1);
        var trainer = new Trainer(decoder, recipe, DType.FLOAT32)) {
      steps(trainer, 100);
      long tensors = Tensor.live();
      // A leak shows in every round; what the JVM itself takes now and then does not.
      long least = Long.MAX_VALUE;
      for (int round = 0; round < 3; round++) {
        long before = resident();
        steps(trainer, 200);
        least = Math.min(least, resident() - before);
      }
      assertEquals(tensors, Tensor.live());
      assertTrue(least < 16 << 20, "200 steps took " + (least >> 10) + " KiB");
    }
  }

  private static void steps(Trainer trainer, int steps) {
    var random = new SplittableRandom(1);
    for (int i = 0; i < steps; i++) {
      for (int part = 0; part < 2; part++) {
        var ids = random.ints(4 * 32, 0, 257).toArray();
        trainer.accumulate(new TokenBatch(ids, ids, 4, 32));
      }
      trainer.reduce();
      trainer.clip(1);
      trainer.step(1e-3);
    }
  }

  /** Without the garbage of Java's own heap. */
  private static long resident() throws IOException {
    System.gc();
    return Long.parseLong(Files.readString(RESIDENT).split(" ")[1]) * PAGE;
  }
}
