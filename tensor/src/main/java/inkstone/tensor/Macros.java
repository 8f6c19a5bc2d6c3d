package inkstone.tensor;

import static inkstone.tensor.Assembler.Register.RAX;
import static inkstone.tensor.Assembler.at;

import inkstone.tensor.Assembler.Condition;
import inkstone.tensor.Assembler.Register;
import inkstone.tensor.Assembler.Zmm;

/** What several functions in machine code have in common. */
final class Macros {

  /**
   * The constants of {@link #exp}: the least power, log2 e, ln 2, and Taylor's terms. The error of
   * what they give is 3e-6 of it, which is nothing beside that of bfloat16, 2e-3.
   */
  static final float[] EXP = {
    -200, 1.44269504f, 0.69314718f, 1 / 120f, 1 / 24f, 1 / 6f, 1 / 2f, 1, 1
  };

  /** Where they lie: in vectors 22 to 30. */
  private static final int FIRST = 22;

  private static final int TERMS = 6;

  private Macros() {}

  static void loadExp(Assembler code, Register from) {
    for (int i = 0; i < EXP.length; i++) {
      code.repeat(FIRST + i, at(from, i * Float.BYTES));
    }
  }

  /** x = e^x, 0 below -200; needs two vectors to work in. */
  static void exp(Assembler code, int x, int whole, int result) {
    code.most(x, FIRST, new Zmm(x));
    code.multiply(whole, x, new Zmm(FIRST + 1)).round(whole, new Zmm(whole));
    code.multiplySubtract(x, whole, new Zmm(FIRST + 2));
    code.loadVector(result, new Zmm(FIRST + 3));
    for (int i = 1; i < TERMS; i++) {
      code.multiplyInto(result, x, new Zmm(FIRST + 3 + i));
    }
    code.timesPowerOfTwo(x, result, new Zmm(whole));
  }

  /** A function that leaves these registers as they were. */
  static void saved(Assembler code, Runnable body, Register... registers) {
    for (var each : registers) {
      code.push(each);
    }
    body.run();
    for (int i = registers.length - 1; i >= 0; i--) {
      code.pop(registers[i]);
    }
    code.giveBack();
  }

  /** Repeats the body as often as the counter says, at least once. */
  static void loop(Assembler code, Register counter, Runnable body) {
    int top = code.here();
    body.run();
    code.subtract(counter, 1).jump(Condition.UNEQUAL, top);
  }

  /** How two vectors become one, lane by lane. */
  interface Join {
    void accept(int to, int left, Zmm right);
  }

  /** All lanes of a vector become what joins them all. */
  static void across(Assembler code, int x, int other, Join join) {
    code.quarters(other, x, new Zmm(x), 0x4E);
    join.accept(x, x, new Zmm(other));
    code.quarters(other, x, new Zmm(x), 0xB1);
    join.accept(x, x, new Zmm(other));
    code.within(other, new Zmm(x), 0x4E);
    join.accept(x, x, new Zmm(other));
    code.within(other, new Zmm(x), 0xB1);
    join.accept(x, x, new Zmm(other));
  }

  /** Once before {@link #storeFirst}: changes RAX and mask 1. */
  static void maskOfTheFirst(Assembler code) {
    code.subtract(RAX, RAX).add(RAX, 1).mask(1, RAX);
  }

  static void storeFirst(Assembler code, Register to, int x) {
    code.storeVector(at(to, 0), x, 1);
  }
}
