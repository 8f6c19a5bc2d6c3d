package inkstone.tensor;

import static inkstone.tensor.Assembler.Register.*;
import static inkstone.tensor.Assembler.at;
import static inkstone.tensor.Macros.across;
import static inkstone.tensor.Macros.exp;
import static inkstone.tensor.Macros.loadExp;
import static inkstone.tensor.Macros.loop;
import static inkstone.tensor.Macros.maskOfTheFirst;
import static inkstone.tensor.Macros.saved;
import static inkstone.tensor.Macros.storeFirst;

import inkstone.tensor.Assembler.Register;
import inkstone.tensor.Assembler.Zmm;
import java.util.Arrays;

/**
 * What {@link Bfloat16Attention} does to rows of numbers, as machine code. Arguments are addresses,
 * distances in bytes and counts of 64 bits each, in the order in which each method names them.
 */
final class AttentionCode {

  private static final int MINUS_SHIFT = 20;
  private static final int SCALE = 21;

  private AttentionCode() {}

  /** What {@link #softmax} and {@link #slopes} read: constants of e^x, the order of two rows. */
  static float[] constants() {
    var all = Arrays.copyOf(Macros.EXP, Macros.EXP.length + 16);
    for (int i = 0; i < 16; i++) { // the words i of the first half and i of the second
      all[Macros.EXP.length + i] = Float.intBitsToFloat(i | i + 16 << 16);
    }
    return all;
  }

  /**
   * One step of a softmax over rows that come in parts: scores, from row to row; weights in
   * bfloat16, from row to row; rows; strips of 32 scores; the scale of the scores in the first half
   * of eight bytes; the largest so far, the sums so far, and how much what was before counts now,
   * one float32 for each row; constants.
   */
  static byte[] softmax() {
    var code = new Assembler();
    saved(code, () -> softmax(code), RBX, RBP, R12);
    return code.bytes();
  }

  private static void softmax(Assembler code) {
    maskOfTheFirst(code);
    code.load(RBX, at(RDI, 80));
    loadExp(code, RBX);
    code.load(RSI, at(RDI, 0)).load(R8, at(RDI, 8)).load(RDX, at(RDI, 16)).load(R9, at(RDI, 24));
    code.load(RCX, at(RDI, 32)).repeat(SCALE, at(RDI, 48));
    code.load(R10, at(RDI, 56)).load(R11, at(RDI, 64)).load(RBP, at(RDI, 72));
    loop(
        code,
        RCX,
        () -> {
          code.move(RAX, RSI).load(RBX, at(RDI, 40));
          code.loadVector(0, at(RAX, 0)).loadVector(1, at(RAX, 64));
          loop(code, RBX, () -> code.most(0, 0, at(RAX, 0)).most(1, 1, at(RAX, 64)).add(RAX, 128));
          code.most(0, 0, new Zmm(1));
          across(code, 0, 1, code::most);
          code.multiply(0, 0, new Zmm(SCALE)).repeat(2, at(R10, 0)).most(0, 2, new Zmm(0));
          storeFirst(code, R10, 0);
          code.subtract(2, 2, new Zmm(0));
          exp(code, 2, 3, 4);
          storeFirst(code, RBP, 2);
          code.zero(MINUS_SHIFT).subtract(MINUS_SHIFT, MINUS_SHIFT, new Zmm(0)).zero(0).zero(1);
          code.move(RAX, RSI).move(R12, RDX).load(RBX, at(RDI, 40));
          loop(
              code,
              RBX,
              () -> {
                for (int i = 0; i < 2; i++) {
                  int x = 5 + 3 * i;
                  code.loadVector(x, at(RAX, 64 * i)).multiplyInto(x, SCALE, new Zmm(MINUS_SHIFT));
                  exp(code, x, x + 1, x + 2);
                  code.add(i, i, new Zmm(x));
                }
                code.narrow(5, 8, new Zmm(5)).storeVector(at(R12, 0), 5);
                code.add(RAX, 128).add(R12, 64);
              });
          code.add(0, 0, new Zmm(1));
          across(code, 0, 1, code::add);
          code.repeat(3, at(R11, 0)).multiplyAdd(0, 2, new Zmm(3));
          storeFirst(code, R11, 0);
          code.add(RSI, R8).add(RDX, R9).add(R10, 4).add(R11, 4).add(RBP, 4);
        });
  }

  /** Multiplies rows by a float32 each: rows, from row to row; how many; pieces; factors. */
  static byte[] scale() {
    var code = new Assembler();
    code.load(RSI, at(RDI, 0)).load(R8, at(RDI, 8)).load(RCX, at(RDI, 16)).load(R9, at(RDI, 32));
    loop(
        code,
        RCX,
        () -> {
          code.repeat(0, at(R9, 0)).move(RAX, RSI).load(R11, at(RDI, 24));
          loop(
              code,
              R11,
              () -> code.multiply(1, 0, at(RAX, 0)).storeVector(at(RAX, 0), 1).add(RAX, 64));
          code.add(RSI, R8).add(R9, 4);
        });
    return code.giveBack().bytes();
  }

  /**
   * Rows of float32, times a float32 each, to bfloat16: from, from row to row; to, from row to row;
   * rows; strips of 32 numbers; factors, from one to the next.
   */
  static byte[] finish() {
    var code = new Assembler();
    code.load(RSI, at(RDI, 0)).load(R8, at(RDI, 8)).load(RDX, at(RDI, 16)).load(R9, at(RDI, 24));
    code.load(RCX, at(RDI, 32)).load(R10, at(RDI, 48));
    loop(
        code,
        RCX,
        () -> {
          finishRow(code);
          code.add(RSI, R8).add(RDX, R9).load(RAX, at(RDI, 56)).add(R10, RAX);
        });
    return code.giveBack().bytes();
  }

  private static void finishRow(Assembler code) {
    code.repeat(0, at(R10, 0)).move(RAX, RSI).load(R11, at(RDI, 40)).push(RDX);
    loop(
        code,
        R11,
        () -> {
          code.multiply(1, 0, at(RAX, 0)).multiply(2, 0, at(RAX, 64));
          code.narrow(1, 2, new Zmm(1)).storeVector(at(RDX, 0), 1).add(RAX, 128).add(RDX, 64);
        });
    code.pop(RDX);
  }

  /**
   * The products of rows with rows, each a float32: left, from row to row; right, from row to row;
   * rows; pieces of 32 numbers; to.
   */
  static byte[] dots() {
    var code = new Assembler();
    maskOfTheFirst(code);
    code.load(RSI, at(RDI, 0)).load(R8, at(RDI, 8)).load(RDX, at(RDI, 16)).load(R9, at(RDI, 24));
    code.load(RCX, at(RDI, 32)).load(R10, at(RDI, 48));
    loop(
        code,
        RCX,
        () -> {
          code.zero(0).load(R11, at(RDI, 40)).move(RAX, RSI).push(RDX);
          loop(
              code,
              R11,
              () ->
                  code.loadVector(1, at(RAX, 0))
                      .dotBfloat16(0, 1, at(RDX, 0))
                      .add(RAX, 64)
                      .add(RDX, 64));
          across(code, 0, 1, code::add);
          storeFirst(code, R10, 0);
          code.pop(RDX).add(RSI, R8).add(RDX, R9).add(R10, 4);
        });
    return code.giveBack().bytes();
  }

  /**
   * From transposed scores and the gradients of the weights to weights and the gradients of the
   * scores: scores, gradients, from row to row of both; weights, gradients of scores, from row to
   * row of both in bfloat16; gradients of scores again as pairs of two rows, from pair to pair;
   * pairs of rows; strips of 32 queries; the normalisers and the means of the queries; the scale in
   * the first half of eight bytes; constants.
   */
  static byte[] slopes() {
    var code = new Assembler();
    saved(code, () -> slopes(code), RBX, RBP, R12, R13, R14, R15);
    return code.bytes();
  }

  private static void slopes(Assembler code) {
    code.load(RBX, at(RDI, 96));
    loadExp(code, RBX);
    code.loadVector(31, at(RBX, Macros.EXP.length * Float.BYTES)).repeat(SCALE, at(RDI, 88));
    code.load(RSI, at(RDI, 0)).load(RDX, at(RDI, 8)).load(R8, at(RDI, 16));
    code.load(R9, at(RDI, 24)).load(R10, at(RDI, 32)).load(R11, at(RDI, 40));
    code.load(R12, at(RDI, 48)).load(R13, at(RDI, 56));
    code.load(R14, at(RDI, 72)).load(R15, at(RDI, 80));
    loop(
        code,
        R14,
        () -> {
          code.load(RAX, at(RDI, 104));
          for (int i = 0; i < 2; i++) { // 16 and 17: normalisers, below 0; 18 and 19: means
            code.zero(16 + i).subtract(16 + i, 16 + i, at(R15, 64 * i));
            code.loadVector(18 + i, at(RAX, 64 * i));
          }
          code.add(RAX, 128).store(at(RDI, 104), RAX);
          for (var each : new Register[] {RSI, RDX, R9, R10, R12}) {
            code.push(each);
          }
          code.load(RCX, at(RDI, 64));
          loop(
              code,
              RCX,
              () -> {
                for (int row = 0; row < 2; row++) {
                  for (int i = 0; i < 2; i++) {
                    int x = 3 * i;
                    code.loadVector(x, at(RSI, 64 * i)).multiplyInto(x, SCALE, new Zmm(16 + i));
                    exp(code, x, x + 1, x + 2);
                    code.loadVector(x + 1, at(RDX, 64 * i));
                    code.subtract(x + 1, x + 1, new Zmm(18 + i));
                    code.multiply(x + 1, x + 1, new Zmm(x));
                  }
                  code.narrow(0, 3, new Zmm(0)).storeVector(at(R9, 0), 0);
                  code.narrow(6 + row, 4, new Zmm(1)).storeVector(at(R10, 0), 6 + row);
                  code.add(RSI, R8).add(RDX, R8).add(R9, R11).add(R10, R11);
                }
                for (int half = 0; half < 2; half++) { // sixteen queries: two rows side by side
                  int choice = half == 0 ? 0x44 : 0xEE;
                  code.quarters(8, 6, new Zmm(7), choice).words(8, 31, new Zmm(8));
                  code.storeVector(at(R12, 64 * half), 8);
                }
                code.add(R12, R13);
              });
          for (var each : new Register[] {R12, R10, R9, RDX, RSI}) {
            code.pop(each);
          }
          code.add(RSI, 128).add(RDX, 128).add(R9, 64).add(R10, 64).add(R12, 128).add(R15, 128);
        });
  }
}
