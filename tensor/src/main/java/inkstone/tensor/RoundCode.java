package inkstone.tensor;

import static inkstone.tensor.Assembler.Register.RAX;
import static inkstone.tensor.Assembler.Register.RCX;
import static inkstone.tensor.Assembler.Register.RDI;
import static inkstone.tensor.Assembler.Register.RDX;

import inkstone.tensor.Assembler.Condition;
import inkstone.tensor.Assembler.Register;
import inkstone.tensor.Assembler.Zmm;

/** Writes the function that rounds a row to {@link RoundedRows}, as {@link QuantizedInput} does. */
final class RoundCode {

  // Arguments, 8 bytes each, by where they lie.
  static final int FROM = 0;
  static final int TO = 8;
  static final int BLOCKS = 16;
  static final int ARGUMENT_BYTES = 24;

  private static final int LANE_BYTES = 64;

  // Vectors.
  private static final int MAGNITUDE = 16;
  private static final int MOST = 17;
  private static final int ONE = 18;
  private static final int ROUND = 19;
  private static final int SMALLEST = 20;
  private static final int ZERO = 21;
  private static final int LARGEST = 2;
  private static final int SCALE = 3;
  private static final int INVERSE = 4;
  private static final int SUM = 5;
  private static final int SCRATCH = 6;

  private final Assembler code = new Assembler();

  byte[] bytes() {
    constants();
    code.load(RAX, Assembler.at(RDI, FROM)).load(RDX, Assembler.at(RDI, TO));
    code.load(RCX, Assembler.at(RDI, BLOCKS));
    int again = code.here();
    block();
    code.add(RAX, 2 * LANE_BYTES).add(RDX, RoundedRows.BLOCK_BYTES);
    code.subtract(RCX, 1).jump(Condition.UNEQUAL, again);
    return code.giveBack().bytes();
  }

  private void constants() {
    constant(MAGNITUDE, Integer.MAX_VALUE);
    constant(MOST, Float.floatToRawIntBits(127));
    constant(ONE, Float.floatToRawIntBits(1));
    constant(ROUND, Float.floatToRawIntBits(QuantizedInput.ROUND));
    constant(SMALLEST, Float.floatToRawIntBits(Float.MIN_NORMAL));
    code.zero(ZERO);
    // Masks of a lane each, and of the four that belong to a block.
    for (int i = 1; i <= 3; i++) {
      mask(i, 1 << i);
    }
    mask(4, 15);
  }

  private void constant(int vector, int bits) {
    set(RAX, bits);
    code.repeat(vector, RAX);
  }

  private void mask(int mask, int bits) {
    set(RAX, bits);
    code.mask(mask, RAX);
  }

  private void set(Register register, int bits) {
    code.subtract(register, register).add(register, bits);
  }

  private void block() {
    for (int i = 0; i < 2; i++) {
      code.loadVector(i, Assembler.at(RAX, i * LANE_BYTES));
    }
    // Without their signs, floats stand in the order of their bits.
    code.and(LARGEST, MAGNITUDE, new Zmm(0)).and(SCRATCH, MAGNITUDE, new Zmm(1));
    code.mostWhole(LARGEST, LARGEST, new Zmm(SCRATCH));
    across(LARGEST, () -> code.mostWhole(LARGEST, LARGEST, new Zmm(SCRATCH)));
    code.divide(SCALE, LARGEST, new Zmm(MOST));
    code.notBelow(5, SCALE, new Zmm(SMALLEST)).divide(INVERSE, ONE, new Zmm(SCALE), 5);
    for (int i = 0; i < 2; i++) {
      code.multiply(i, INVERSE, new Zmm(i)).add(i, i, new Zmm(ROUND));
      code.shiftLeft(i, new Zmm(i), 16).shiftRightSigned(i, new Zmm(i), 16);
      code.storeBytes(Assembler.at(RDX, i * 16), i);
    }
    code.addWhole(SUM, 0, new Zmm(1));
    across(SUM, () -> code.addWhole(SUM, SUM, new Zmm(SCRATCH)));
    code.toFloat(SCRATCH, new Zmm(SUM)).multiply(SCRATCH, SCALE, new Zmm(SCRATCH));
    code.replace(SCALE, SCRATCH, 3).subtractWhole(SUM, ZERO, new Zmm(SUM));
    code.shiftLeft(SCRATCH, new Zmm(SUM), 7).replace(SCALE, SCRATCH, 1);
    code.shiftLeft(SCRATCH, new Zmm(SUM), 3).replace(SCALE, SCRATCH, 2);
    code.storeVector(Assembler.at(RDX, RoundedRows.SCALE), SCALE, 4);
  }

  /** Leaves in all lanes what all of them come to; {@code step} takes in the scratch vector. */
  private void across(int vector, Runnable step) {
    for (int choice : new int[] {0x4E, 0xB1}) {
      code.quarters(SCRATCH, vector, new Zmm(vector), choice);
      step.run();
    }
    for (int choice : new int[] {0x4E, 0xB1}) {
      code.within(SCRATCH, new Zmm(vector), choice);
      step.run();
    }
  }
}
