package inkstone.tensor;

import static inkstone.tensor.Assembler.Register.RAX;
import static inkstone.tensor.Assembler.Register.RCX;
import static inkstone.tensor.Assembler.Register.RDI;
import static inkstone.tensor.Assembler.Register.RDX;
import static inkstone.tensor.Assembler.Register.RSI;
import static inkstone.tensor.Assembler.at;
import static inkstone.tensor.Macros.exp;
import static inkstone.tensor.Macros.loadExp;
import static inkstone.tensor.Macros.loop;

import inkstone.tensor.Assembler.Register;
import inkstone.tensor.Assembler.Zmm;
import java.util.Arrays;

/** {@link Gelu} of numbers in bfloat16, 32 at one time, as machine code. */
final class GeluCode {

  /** Numbers of one round of the loop. */
  static final int NUMBERS = 32;

  private static final int HALF = 32; // bytes of 16 numbers
  private static final int ONE = 30; // among the constants of e^x
  private static final int LINEAR = 21;
  private static final int CUBIC = 20;
  private static final int CUBIC_SLOPE = 19;

  private GeluCode() {}

  /** Those of e^x, then of -2u by x: 1 and x^2; then of its slope: x^2. */
  static float[] constants() {
    var all = Arrays.copyOf(Macros.EXP, Macros.EXP.length + 3);
    all[Macros.EXP.length] = Gelu.MINUS_2_ROOT;
    all[Macros.EXP.length + 1] = Gelu.MINUS_2_ROOT * Gelu.CUBIC;
    all[Macros.EXP.length + 2] = 3 * Gelu.MINUS_2_ROOT * Gelu.CUBIC;
    return all;
  }

  private static void load(Assembler code) {
    loadExp(code, RAX);
    for (int i = 0; i < 3; i++) {
      code.repeat(LINEAR - i, at(RAX, (Macros.EXP.length + i) * Float.BYTES));
    }
  }

  private static void widen(Assembler code, int to, Register from, int half) {
    code.widenWord(to, at(from, HALF * half)).shiftLeft(to, new Zmm(to), 16);
  }

  /** Gate = 1 / (1 + e^(-2u)) of x, its square, and two vectors to work in. */
  private static void gate(Assembler code, int gate, int x, int square, int first, int second) {
    code.multiply(square, x, new Zmm(x)).loadVector(gate, new Zmm(CUBIC));
    code.multiplyInto(gate, square, new Zmm(LINEAR)).multiply(gate, gate, new Zmm(x));
    exp(code, gate, first, second);
    code.add(gate, gate, new Zmm(ONE)).reciprocal(gate, new Zmm(gate));
  }

  /** From; to; rounds of 32 numbers; constants. */
  static byte[] forward() {
    var code = new Assembler();
    code.load(RAX, at(RDI, 24));
    load(code);
    code.load(RSI, at(RDI, 0)).load(RDX, at(RDI, 8)).load(RCX, at(RDI, 16));
    loop(
        code,
        RCX,
        () -> {
          for (int half = 0; half < 2; half++) {
            int x = 5 * half;
            widen(code, x, RSI, half);
            gate(code, x + 1, x, x + 2, x + 3, x + 4);
            code.multiply(x, x, new Zmm(x + 1));
          }
          code.narrow(0, 5, new Zmm(0)).storeVector(at(RDX, 0), 0).add(RSI, 64).add(RDX, 64);
        });
    return code.giveBack().bytes();
  }

  /** From; gradient of the result; to; rounds of 32 numbers; constants. */
  static byte[] backward() {
    var code = new Assembler();
    code.load(RAX, at(RDI, 32));
    load(code);
    code.load(RSI, at(RDI, 0)).load(RAX, at(RDI, 8)).load(RDX, at(RDI, 16)).load(RCX, at(RDI, 24));
    loop(
        code,
        RCX,
        () -> {
          for (int half = 0; half < 2; half++) {
            int x = 5 * half;
            widen(code, x, RSI, half);
            gate(code, x + 1, x, x + 2, x + 3, x + 4);
            slope(code, x, x + 1, x + 2, x + 3);
            widen(code, x + 1, RAX, half);
            code.multiply(x, x, new Zmm(x + 1));
          }
          code.narrow(0, 5, new Zmm(0)).storeVector(at(RDX, 0), 0);
          code.add(RSI, 64).add(RDX, 64).add(RAX, 64);
        });
    return code.giveBack().bytes();
  }

  /** x = gate (1 + (1 - gate) x 2u'), where -2u' = linear + cubicSlope square. */
  private static void slope(Assembler code, int x, int gate, int square, int free) {
    code.multiplyInto(square, CUBIC_SLOPE, new Zmm(LINEAR)).multiply(square, square, new Zmm(x));
    code.subtract(free, gate, new Zmm(ONE)).multiplyInto(square, free, new Zmm(ONE));
    code.multiply(x, square, new Zmm(gate));
  }
}
