package inkstone.tensor;

import java.util.function.IntConsumer;
import java.util.function.Supplier;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.VectorMask;
import jdk.incubator.vector.VectorOperators;
import jdk.incubator.vector.VectorSpecies;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;

/**
 * {@code x + dropout(y)} in one pass, with the Vector API. Which numbers stay is a function of one
 * drawn seed and of their place, so that backward works it out again and nothing is kept.
 */
final class DropoutSum extends Operation {

  private static final VectorSpecies<Float> SPECIES = Lanes.SPECIES;
  private static final VectorSpecies<Integer> INTS = IntVector.SPECIES_PREFERRED;
  private static final int LANES = Lanes.COUNT;
  private static final IntVector PLACES = IntVector.zero(INTS).addIndex(1);

  /** Numbers of one piece: three such arrays lie in the first cache. */
  private static final int PIECE = 2048;

  private final Tensor x;
  private final Tensor y;
  private final float scale;
  private final int dropped; // of 2^32, unsigned
  private final int seed;
  private final int second;

  DropoutSum(Tensor x, Tensor y, double probability) {
    this.x = hold(x);
    this.y = hold(y);
    scale = (float) (1 / (1 - probability));
    dropped = (int) (long) (probability * 0x1p32);
    var drawn = torch.rand(new long[] {2}, Native.options(DType.FLOAT32, Device.CPU));
    var bits = new float[2];
    Numbers.of(drawn).read(0, bits, 0, 2);
    seed = Float.floatToIntBits(bits[0]) * 0x9E3779B1;
    second = Float.floatToIntBits(bits[1]) * 0x85EBCA77;
  }

  static boolean fits(long count) {
    return count % LANES == 0 && count < Integer.MAX_VALUE;
  }

  @Override
  Tensor forward() {
    var rows = x.detach().contiguous();
    var added = y.detach().contiguous();
    var sum = torch.empty_like(rows);
    var first = Numbers.of(rows);
    var other = Numbers.of(added);
    var to = Numbers.of(sum);
    int count = Math.toIntExact(rows.numel());
    each(
        count,
        () -> {
          var a = new float[PIECE];
          var b = new float[PIECE];
          return piece -> {
            int at = piece * PIECE;
            int some = Math.min(PIECE, count - at);
            first.read(at, a, 0, some);
            other.read(at, b, 0, some);
            for (int i = 0; i < some; i += LANES) {
              FloatVector.fromArray(SPECIES, a, i)
                  .add(FloatVector.fromArray(SPECIES, b, i).mul(scale), stays(at + i))
                  .intoArray(a, i);
            }
            to.write(a, 0, at, some);
          };
        });
    return sum;
  }

  @Override
  void backward(Tensor gradient) {
    var given = gradient.contiguous();
    var slope = torch.empty_like(given);
    var from = Numbers.of(given);
    var to = Numbers.of(slope);
    int count = Math.toIntExact(given.numel());
    each(
        count,
        () -> {
          var a = new float[PIECE];
          return piece -> {
            int at = piece * PIECE;
            int some = Math.min(PIECE, count - at);
            from.read(at, a, 0, some);
            for (int i = 0; i < some; i += LANES) {
              var scaled = FloatVector.fromArray(SPECIES, a, i).mul(scale);
              FloatVector.zero(SPECIES).blend(scaled, stays(at + i)).intoArray(a, i);
            }
            to.write(a, 0, at, some);
          };
        });
    add(y, slope);
    // The memory of a gradient may become another's: this one is still x's alone.
    add(x, x.requires_grad() && x.mutable_grad().defined() ? given : given.clone());
  }

  private static void each(int count, Supplier<IntConsumer> worker) {
    Workers.run((count + PIECE - 1) / PIECE, worker);
  }

  /** Whether the numbers from a place on stay: a hash of the place is above the bound. */
  private VectorMask<Float> stays(int place) {
    var h = PLACES.add(place + seed);
    h = h.lanewise(VectorOperators.XOR, h.lanewise(VectorOperators.LSHR, 16)).mul(0x85EBCA6B);
    h = h.lanewise(VectorOperators.XOR, second);
    h = h.lanewise(VectorOperators.XOR, h.lanewise(VectorOperators.LSHR, 13)).mul(0xC2B2AE35);
    h = h.lanewise(VectorOperators.XOR, h.lanewise(VectorOperators.LSHR, 16));
    return h.compare(VectorOperators.UGE, dropped).cast(SPECIES);
  }
}
