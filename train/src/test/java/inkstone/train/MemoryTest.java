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
import org.junit.jupiter.api.io.TempDir;

class MemoryTest {

  private static final Path RESIDENT = Path.of("/proc/self/statm");
  private static final long PAGE = 4096;

  @TempDir Path folder;

  /**
   * In a JVM of its own whose heap is fixed and touched beforehand, so that what grows is native.
   */
  @Test
  void trainingStaysFlat() throws Exception {
    assumeTrue(Files.exists(RESIDENT), "resident memory is read from /proc, which is not here");
    var output = folder.resolve("output.txt");
    var process =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xms128m",
                "-Xmx128m",
                "-XX:+AlwaysPreTouch",
                "-XX:+UseSerialGC",
                "-XX:TieredStopAtLevel=1",
                "--enable-native-access=ALL-UNNAMED",
                "-cp",
                System.getProperty("java.class.path"),
                MemoryTest.class.getName())
            .redirectErrorStream(true)
            .redirectOutput(output.toFile())
            .start();
    int exit = process.waitFor();
    var said = Files.readString(output);
    assertEquals(0, exit, said);
    assertTrue(said.contains("flat: "), said);
    System.out.println(said.lines().filter(line -> line.startsWith("flat: ")).findFirst().get());
  }

  /** Trains 50 steps, then 200 that are measured; ends with 1 where memory grew. */
  public static void main(String[] args) throws IOException {
    var config = DecoderConfig.llama(257, 32, 32, 2, 2);
    var m = Recipe.DEFAULTS.model();
    var recipe =
        Recipe.DEFAULTS.with(new Recipe.Model(m.family(), 2, 2, 0, 32, 0, 32, m.bias(), 0.1));
    try (var decoder = Decoder.random(config, 1);
        var trainer = new Trainer(decoder, recipe, DType.FLOAT32)) {
      steps(trainer, 50);
      long tensors = Tensor.live();
      long before = resident();
      steps(trainer, 200);
      long grown = resident() - before;
      boolean flat = grown < 16 << 20 && Tensor.live() == tensors;
      System.out.printf(
          "%s: 200 steps took %d KiB and %d tensors%n",
          flat ? "flat" : "grown", grown >> 10, Tensor.live() - tensors);
      System.exit(flat ? 0 : 1);
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
