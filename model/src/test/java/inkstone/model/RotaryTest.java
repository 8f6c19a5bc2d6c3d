package inkstone.model;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import inkstone.tensor.DType;
import inkstone.tensor.Device;
import inkstone.tensor.Safetensors;
import inkstone.tensor.Scope;
import inkstone.tensor.Tensor;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.stream.LongStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class RotaryTest {

  private Scope scope;

  @BeforeEach
  void open() {
    scope = Scope.open();
  }

  @AfterEach
  void close() {
    scope.close();
  }

  /** Made by Transformers: positions [2, 6] and queries [2, 6, 4, 8], base 10,000. */
  @Test
  void turnsAsTransformersDoes() {
    var file = Safetensors.read(Path.of("src/test/resources/rope.safetensors"));
    var q = file.get("q").reshape(12, 4, 8);
    var rotary = rotary(8, 10_000, file.get("positions").toLongs()).forHeads(q);
    assertArrayEquals(file.get("output").toFloats(), rotary.turn(q).toFloats(), 1e-5f);
  }

  /** Sequences whose newest token stands at these positions. */
  private static Rotary rotary(int dim, double base, long... positions) {
    var spans = LongStream.of(positions).mapToObj(p -> new Batch.Span(0, (int) p, 1)).toList();
    var ids = new Batch.Ids(Tensor.of(positions, positions.length));
    var batch =
        new Batch(ids, spans, AttentionPattern.CAUSAL, Optional.empty(), Batch.Rows.ALL, 0, false);
    return Rotary.of(RotaryConfig.of(base), dim, batch, Device.CPU);
  }

  @Test
  void positionNullTurnsNothing() {
    var x = Tensor.of(new float[] {1, 2, 3, 4}, 1, 1, 4);
    var rotary = rotary(4, 100, 0).forHeads(x);
    assertArrayEquals(new float[] {1, 2, 3, 4}, rotary.turn(x).toFloats());
  }

  @Test
  void theFirstHalfIsPairedWithTheSecond() {
    var x = Tensor.of(new float[] {1, 1, 0, 0}, 1, 1, 4);
    var rotary = rotary(4, 100, 3).forHeads(x);
    // Pair i turns by 3 * 100^(-2i/4): 3 and 0.3.
    assertArrayEquals(
        new float[] {
          (float) Math.cos(3), (float) Math.cos(0.3), (float) Math.sin(3), (float) Math.sin(0.3)
        },
        rotary.turn(x).toFloats(),
        1e-6f);
  }

  /** The original context is the last length of the shorter divisors. */
  @Test
  void longRopeChangesBeyondTheOriginalContext() {
    var rope = new RotaryScaling.LongRope(List.of(1.0, 2.0), List.of(4.0, 8.0), 12, 1);
    assertArrayEquals(new double[] {1, 0.05}, rope.frequencies(100, 4, 12), 1e-12);
    assertArrayEquals(new double[] {0.25, 0.0125}, rope.frequencies(100, 4, 13), 1e-12);
  }

  @Test
  void theTypeIsThatOfTheHeads() {
    var x = Tensor.full(1, DType.BFLOAT16, Device.CPU, 1, 1, 4);
    assertEquals(DType.BFLOAT16, rotary(4, 100, 1).forHeads(x).turn(x).dtype());
  }
}
