package inkstone.tensor;

import static inkstone.tensor.Assembler.Register.R10;
import static inkstone.tensor.Assembler.Register.R11;
import static inkstone.tensor.Assembler.Register.R12;
import static inkstone.tensor.Assembler.Register.R13;
import static inkstone.tensor.Assembler.Register.R14;
import static inkstone.tensor.Assembler.Register.R8;
import static inkstone.tensor.Assembler.Register.R9;
import static inkstone.tensor.Assembler.Register.RAX;
import static inkstone.tensor.Assembler.Register.RBX;
import static inkstone.tensor.Assembler.Register.RCX;
import static inkstone.tensor.Assembler.Register.RDI;
import static inkstone.tensor.Assembler.Register.RDX;
import static inkstone.tensor.Assembler.Register.RSI;

import inkstone.tensor.Assembler.Condition;
import inkstone.tensor.Assembler.Memory;
import inkstone.tensor.Assembler.Register;
import inkstone.tensor.Assembler.Zmm;

/**
 * Writes the product of a few rows of {@link RoundedRows} and groups of a {@link QuantizedMatrix}.
 * Weights are the factor without a sign, as the instruction wants it: to those of 8 bits 128 is
 * added, and each sum begins with what that will have added, so that it ends as the exact whole
 * number of {@link GroupProduct}. Scaled sums are added in that one's order too: the numbers are
 * its, bit for bit.
 *
 * @param form with scales of 32 columns
 * @param rows of inputs, 1 to {@link #MOST_ROWS}
 * @param vectors of weights that are taken together: all of a group, or 1
 */
record DotCode(PackedForm form, int rows, int vectors) {

  /** Rows whose sums, and those of one scale, fit the registers with one vector of weights. */
  static final int MOST_ROWS = 12;

  /** Numbers of a vector. */
  static final int LANES = 16;

  // Arguments, 8 bytes each, by where they lie.
  static final int WEIGHTS = 0;
  static final int SCALES = 8;
  static final int LEAST = 16;
  static final int INPUTS = 24;
  static final int INPUT_STRIDE = 32;
  static final int BLOCKS = 40;
  static final int OUTPUT = 48;
  static final int OUTPUT_STRIDE = 56;

  /** Address of biases, or 0. */
  static final int BIAS = 64;

  /** How far what is added lies from the output, where {@link #ADDS} is not 0. */
  static final int ADDED = 72;

  static final int ADDS = 80;

  /** A bit for each column of the first vector that is written, then the same of the second. */
  static final int MASK = 88;

  static final int GROUPS = 104;
  static final int GROUP_BYTES = 112;
  static final int ARGUMENT_BYTES = 120;

  /**
   * How far ahead of where it reads memory is brought nearer: weights that are read once come from
   * far, and a CPU does not look beyond a page by itself.
   */
  private static final int AHEAD = 2048;

  private static final int LINE = 64;

  private static final Register[] BASES = {RSI, RBX, R12, R13};

  private static final int GROUP_COLUMNS = PackedForm.ROWS;

  byte[] bytes() {
    return new Writer(this).write();
  }

  private boolean eight() {
    return form.bits() == 8;
  }

  /** Bytes of a group's weights of 32 columns. */
  private int blockBytes() {
    return 4 * form.bits() * GROUP_COLUMNS;
  }

  /** Numbers of vectors: sums, then those of one scale, then the others. */
  private static final class Writer {

    private final DotCode of;
    private final Assembler code = new Assembler();
    private final int count;
    private final int constant;
    private final int scale;
    private final int weight;
    private final int scratch;

    Writer(DotCode of) {
      this.of = of;
      count = of.rows * of.vectors;
      constant = 2 * count;
      weight = constant + 1;
      scratch = weight + 2;
      scale = scratch + 1;
    }

    byte[] write() {
      code.push(RBX).push(R12).push(R13).push(R14);
      for (int i = 0; i < of.vectors; i++) {
        code.load(RAX, Assembler.at(RDI, MASK + 8 * i)).mask(1 + i, RAX);
      }
      code.subtract(RAX, RAX).add(RAX, of.eight() ? 0x8080_8080 : 0x0F0F_0F0F);
      code.repeat(constant, RAX);
      code.load(R8, argument(WEIGHTS)).load(R9, argument(SCALES)).load(R10, argument(LEAST));
      code.load(R14, argument(GROUPS));
      int again = code.here();
      for (int i = 0; i < count; i++) {
        code.zero(i);
      }
      loop(this::block);
      if (of.form.least()) {
        loop(this::least);
      }
      output();
      next();
      code.subtract(R14, 1).jump(Condition.UNEQUAL, again);
      code.pop(R14).pop(R13).pop(R12).pop(RBX);
      return code.giveBack().bytes();
    }

    private static Memory argument(int place) {
      return Assembler.at(RDI, place);
    }

    /** All blocks of the inputs. */
    private void loop(Runnable body) {
      code.load(RSI, argument(INPUTS)).load(RDX, argument(INPUT_STRIDE));
      code.load(RCX, argument(BLOCKS));
      int bases = (of.rows + 2) / 3;
      for (int i = 1; i < bases; i++) {
        code.address(BASES[i], Assembler.at(BASES[i - 1], RDX, 2, 0)).add(BASES[i], RDX);
      }
      int again = code.here();
      body.run();
      for (int i = 0; i < bases; i++) {
        code.add(BASES[i], RoundedRows.BLOCK_BYTES);
      }
      code.subtract(RCX, 1).jump(Condition.UNEQUAL, again);
    }

    private static Memory input(int row, int place) {
      var base = BASES[row / 3];
      return row % 3 == 0 ? Assembler.at(base, place) : Assembler.at(base, RDX, row % 3, place);
    }

    private int sum(int row, int vector) {
      return row * of.vectors + vector;
    }

    private void block() {
      begin();
      int steps = of.blockBytes() / (4 * GROUP_COLUMNS);
      for (int step = 0; step < steps; step++) {
        for (int v = 0; v < of.vectors; v++) {
          var from = Assembler.at(R8, (step * GROUP_COLUMNS + v * LANES) * 4);
          if (of.eight()) {
            code.exclusiveOr(weight, constant, from);
            multiply(weight, step, v);
          } else {
            code.shiftRight(weight + 1, from, 4).and(weight, constant, from);
            code.and(weight + 1, constant, new Zmm(weight + 1));
            multiply(weight, step, v);
            multiply(weight + 1, step + steps, v);
          }
        }
      }
      if (of.vectors * LANES == GROUP_COLUMNS) {
        for (int i = 0; i < of.blockBytes(); i += LINE) {
          code.prefetch(Assembler.at(R8, AHEAD + i));
        }
      }
      scale();
      code.add(R8, of.blockBytes());
    }

    private void begin() {
      int place = of.eight() ? RoundedRows.LESS_128 : RoundedRows.LESS_8;
      for (int row = 0; row < of.rows; row++) {
        for (int v = 0; v < of.vectors; v++) {
          if (!of.eight() && of.form.offset() == 0) {
            code.zero(count + sum(row, v));
          } else {
            code.repeat(count + sum(row, v), input(row, place));
          }
        }
      }
    }

    private void multiply(int weight, int four, int v) {
      for (int row = 0; row < of.rows; row++) {
        code.dotBytes(count + sum(row, v), weight, input(row, 4 * four).each());
      }
    }

    private void scale() {
      for (int v = 0; v < of.vectors; v++) {
        number(scale, R9, v);
        for (int row = 0; row < of.rows; row++) {
          int whole = count + sum(row, v);
          code.toFloat(whole, new Zmm(whole));
          code.multiply(scratch, scale, input(row, RoundedRows.SCALE).each());
          code.multiplyAdd(sum(row, v), whole, new Zmm(scratch));
        }
      }
      code.add(R9, of.form.scaleBytes() * GROUP_COLUMNS);
    }

    private void number(int to, Register base, int v) {
      var from = Assembler.at(base, v * LANES * of.form.scaleBytes());
      if (of.form.wide()) {
        code.loadVector(to, from);
      } else {
        code.widenHalf(to, from);
      }
    }

    private void least() {
      for (int v = 0; v < of.vectors; v++) {
        number(scale, R10, v);
        for (int row = 0; row < of.rows; row++) {
          code.multiplyAdd(sum(row, v), scale, input(row, RoundedRows.SUM).each());
        }
      }
      code.add(R10, of.form.scaleBytes() * GROUP_COLUMNS);
    }

    private void output() {
      code.load(RAX, argument(OUTPUT)).load(RCX, argument(OUTPUT_STRIDE));
      code.load(R11, argument(BIAS)).compare(R11, 0);
      code.skip(
          Condition.EQUAL,
          () -> {
            for (int v = 0; v < of.vectors; v++) {
              code.loadVector(scale, Assembler.at(R11, 4 * LANES * v), 1 + v);
              for (int row = 0; row < of.rows; row++) {
                code.add(sum(row, v), sum(row, v), new Zmm(scale));
              }
            }
          });
      code.load(R11, argument(ADDED));
      code.load(RDX, argument(ADDS)).compare(RDX, 0);
      code.skip(
          Condition.EQUAL,
          () -> {
            code.move(RDX, RAX).add(RDX, R11);
            for (int row = 0; row < of.rows; row++) {
              for (int v = 0; v < of.vectors; v++) {
                code.loadVector(scale, Assembler.at(RDX, 4 * LANES * v), 1 + v);
                code.add(sum(row, v), sum(row, v), new Zmm(scale));
              }
              code.add(RDX, RCX);
            }
          });
      for (int row = 0; row < of.rows; row++) {
        for (int v = 0; v < of.vectors; v++) {
          code.storeVector(Assembler.at(RAX, 4 * LANES * v), sum(row, v), 1 + v);
        }
        code.add(RAX, RCX);
      }
    }

    /** What differs from group to group goes on to the next. */
    private void next() {
      code.load(RAX, argument(GROUP_BYTES));
      for (int place : new int[] {WEIGHTS, SCALES, LEAST}) {
        code.load(RCX, argument(place)).add(RCX, RAX).store(argument(place), RCX);
      }
      code.load(R8, argument(WEIGHTS)).load(R9, argument(SCALES)).load(R10, argument(LEAST));
      code.load(RAX, argument(OUTPUT)).add(RAX, 4 * GROUP_COLUMNS).store(argument(OUTPUT), RAX);
      code.load(RAX, argument(BIAS)).compare(RAX, 0);
      code.skip(Condition.EQUAL, () -> code.add(RAX, 4 * GROUP_COLUMNS).store(argument(BIAS), RAX));
    }
  }
}
