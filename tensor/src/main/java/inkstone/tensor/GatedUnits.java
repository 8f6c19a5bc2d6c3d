package inkstone.tensor;

import java.lang.foreign.MemorySegment;
import java.nio.ByteOrder;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorSpecies;

/**
 * Activations that are {@code x sigmoid(z(x))}, forward and backward in one pass each, with the
 * Vector API: float32 numbers in native memory, worked on in pieces by several threads.
 */
final class GatedUnits {

  private static final VectorSpecies<Float> SPECIES = Lanes.SPECIES;
  private static final int LANES = Lanes.COUNT;
  private static final ByteOrder ORDER = ByteOrder.nativeOrder();

  /** Numbers of one piece of work. */
  private static final int PIECE = 1 << 15;

  /** 2 sqrt(2 / pi) and its product with 0.044715: gelu's tanh(u) is 2 sigmoid(2 u) - 1. */
  private static final float GELU = (float) (2 * Math.sqrt(2 / Math.PI));

  private static final float CUBE = 0.044715f * GELU;

  private GatedUnits() {}

  /** Works on numbers {@code from} to {@code from + count}; count a multiple of the lanes. */
  interface Piece {
    void work(long from, int count);
  }

  /** Whether a number of elements parts into whole vectors. */
  static boolean fits(long count) {
    return count % LANES == 0;
  }

  static void inPieces(long count, Piece piece) {
    int pieces = Math.toIntExact((count + PIECE - 1) / PIECE);
    Workers.run(
        pieces,
        () ->
            i -> {
              long from = (long) i * PIECE;
              piece.work(from, (int) Math.min(PIECE, count - from));
            });
  }

  private static FloatVector read(MemorySegment x, long at) {
    return FloatVector.fromMemorySegment(SPECIES, x, at * Float.BYTES, ORDER);
  }

  private static void write(FloatVector v, MemorySegment x, long at) {
    v.intoMemorySegment(x, at * Float.BYTES, ORDER);
  }

  /** {@code y = gelu(x)} in its tanh form. */
  static void gelu(MemorySegment x, MemorySegment y, long count) {
    inPieces(
        count,
        (from, some) -> {
          for (int i = 0; i < some; i += LANES) {
            var v = read(x, from + i);
            var z = v.mul(v).mul(CUBE).add(GELU).mul(v);
            write(v.div(Lanes.exp(z.neg()).add(1)), y, from + i);
          }
        });
  }

  /** {@code dx = dy gelu'(x)}. */
  static void geluBackward(MemorySegment x, MemorySegment dy, MemorySegment dx, long count) {
    inPieces(
        count,
        (from, some) -> {
          var one = FloatVector.broadcast(SPECIES, 1);
          for (int i = 0; i < some; i += LANES) {
            var v = read(x, from + i);
            var square = v.mul(v);
            var z = square.mul(CUBE).add(GELU).mul(v);
            var s = one.div(Lanes.exp(z.neg()).add(1));
            var slope = square.mul(3 * CUBE).add(GELU).mul(v);
            // s + x s (1 - s) z'
            write(one.sub(s).mul(slope).add(1).mul(s).mul(read(dy, from + i)), dx, from + i);
          }
        });
  }

  /**
   * {@code y = silu(gate) up}, where rows of x hold gate and up side by side, {@code width} each.
   */
  static void swiGlu(MemorySegment x, MemorySegment y, long rows, int width) {
    inRows(
        rows,
        width,
        row -> {
          long gate = 2 * row * width;
          for (int i = 0; i < width; i += LANES) {
            var v = read(x, gate + i);
            var s = v.div(Lanes.exp(v.neg()).add(1));
            write(s.mul(read(x, gate + width + i)), y, row * width + i);
          }
        });
  }

  /** The gradients of both halves. */
  static void swiGluBackward(
      MemorySegment x, MemorySegment dy, MemorySegment dx, long rows, int width) {
    inRows(
        rows,
        width,
        row -> {
          var one = FloatVector.broadcast(SPECIES, 1);
          long gate = 2 * row * width;
          for (int i = 0; i < width; i += LANES) {
            var v = read(x, gate + i);
            var d = read(dy, row * width + i);
            var s = one.div(Lanes.exp(v.neg()).add(1));
            write(v.mul(s).mul(d), dx, gate + width + i);
            var slope = one.sub(s).mul(v).add(1).mul(s);
            write(slope.mul(read(x, gate + width + i)).mul(d), dx, gate + i);
          }
        });
  }

  private static void inRows(long rows, int width, java.util.function.LongConsumer row) {
    long each = Math.max(1, PIECE / Math.max(1, width));
    int pieces = Math.toIntExact((rows + each - 1) / each);
    Workers.run(
        pieces,
        () ->
            piece -> {
              long end = Math.min(rows, (piece + 1) * each);
              for (long i = piece * each; i < end; i++) {
                row.accept(i);
              }
            });
  }
}
