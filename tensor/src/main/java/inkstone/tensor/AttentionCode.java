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

import inkstone.tensor.Assembler.Condition;
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

  /** Rows of one tile of a product. */
  static final int ROWS = 8;

  private static final int VECTOR = 64;

  /**
   * {@code C = A B} or {@code C += A B}, 8 rows and 32 columns of sums in registers. Arguments: A,
   * from row to row, from pair to pair; B in strips of 32 columns, [pairs][32] pairs of numbers,
   * from strip to strip; C, from row to row; tiles of 8 rows; strips; pairs; 1 to add.
   */
  static byte[] multiply() {
    var code = new Assembler();
    saved(code, () -> multiply(code), RBX, RBP, R12, R13, R14, R15);
    return code.bytes();
  }

  private static void multiply(Assembler code) {
    code.load(RSI, at(RDI, 8)).address(RBP, at(RSI, RSI, 2, 0)).load(R14, at(RDI, 16));
    code.load(R8, at(RDI, 24)).load(R9, at(RDI, 40)).load(R15, at(RDI, 48)).load(R10, at(RDI, 64));
    loop(
        code,
        R10,
        () -> {
          code.load(R11, at(RDI, 0)).move(R12, R9).load(R13, at(RDI, 56));
          loop(
              code,
              R13,
              () -> {
                begin(code);
                code.move(RAX, R11).address(RCX, at(R11, RSI, 4, 0));
                code.move(RDX, R8).load(RBX, at(RDI, 72));
                loop(code, RBX, () -> pair(code));
                code.move(RAX, R12);
                for (int i = 0; i < 2 * ROWS; i += 2) {
                  code.storeVector(at(RAX, 0), i).storeVector(at(RAX, VECTOR), i + 1);
                  code.add(RAX, R15);
                }
                code.address(R11, at(R11, RSI, 8, 0)).address(R12, at(R12, R15, 8, 0));
              });
          code.load(RAX, at(RDI, 32)).add(R8, RAX).add(R9, 2 * VECTOR);
        });
  }

  /** The sums are what is there already, or 0. */
  private static void begin(Assembler code) {
    code.load(RAX, at(RDI, 80)).compare(RAX, 0);
    code.skip(
        Condition.EQUAL,
        () -> {
          code.move(RAX, R12);
          for (int i = 0; i < 2 * ROWS; i += 2) {
            code.loadVector(i, at(RAX, 0)).loadVector(i + 1, at(RAX, VECTOR)).add(RAX, R15);
          }
        });
    code.load(RAX, at(RDI, 80)).compare(RAX, 0);
    code.skip(
        Condition.UNEQUAL,
        () -> {
          for (int i = 0; i < 2 * ROWS; i++) {
            code.zero(i);
          }
        });
  }

  /** Two numbers of each of 8 rows of A with those of 32 columns of B. */
  private static void pair(Assembler code) {
    code.loadVector(16, at(RDX, 0)).loadVector(17, at(RDX, VECTOR));
    for (int i = 0; i < ROWS; i++) {
      var base = i < 4 ? RAX : RCX;
      var from =
          switch (i % 4) {
            case 0 -> at(base, 0);
            case 1 -> at(base, RSI, 1, 0);
            case 2 -> at(base, RSI, 2, 0);
            default -> at(base, RBP, 1, 0);
          };
      int factor = 18 + i % 4;
      code.repeat(factor, from);
      code.dotBfloat16(2 * i, 16, new Zmm(factor)).dotBfloat16(2 * i + 1, 17, new Zmm(factor));
    }
    code.add(RDX, 2 * VECTOR).add(RAX, R14).add(RCX, R14);
  }

  /** What {@link #softmax} and {@link #slopes} read: constants of e^x, the order of two rows. */
  static float[] constants() {
    var all = Arrays.copyOf(Macros.EXP, Macros.EXP.length + 16);
    for (int i = 0; i < 16; i++) { // the words i of the first half and i of the second
      all[Macros.EXP.length + i] = Float.intBitsToFloat(i | i + 16 << 16);
    }
    return all;
  }

  /** Rows of 64-byte pieces: from, from row to row; to, from row to row; rows; pieces. */
  static byte[] copy() {
    var code = new Assembler();
    code.load(RSI, at(RDI, 0)).load(R8, at(RDI, 8)).load(RDX, at(RDI, 16)).load(R9, at(RDI, 24));
    code.load(RCX, at(RDI, 32));
    loop(
        code,
        RCX,
        () -> {
          code.move(RAX, RSI).move(R10, RDX).load(R11, at(RDI, 40));
          loop(
              code,
              R11,
              () ->
                  code.loadVector(0, at(RAX, 0))
                      .storeVector(at(R10, 0), 0)
                      .add(RAX, 64)
                      .add(R10, 64));
          code.add(RSI, R8).add(RDX, R9);
        });
    return code.giveBack().bytes();
  }

  /**
   * The right factor of a product over rows: each two rows become pairs. From, from row to row; to;
   * pairs; strips of 32 columns; from strip to strip.
   */
  static byte[] pairsDown() {
    var code = new Assembler();
    code.load(RSI, at(RDI, 0)).load(R8, at(RDI, 8)).load(RDX, at(RDI, 16));
    code.load(R10, at(RDI, 32)).load(R11, at(RDI, 40));
    loop(
        code,
        R10,
        () -> {
          code.move(RAX, RSI).move(R9, RDX).load(RCX, at(RDI, 24));
          loop(
              code,
              RCX,
              () -> {
                for (int half = 0; half < 2; half++) {
                  code.widenWord(0, at(RAX, 32 * half)).widenWord(1, at(RAX, R8, 1, 32 * half));
                  code.shiftLeft(1, new Zmm(1), 16).or(0, 0, new Zmm(1));
                  code.storeVector(at(R9, 64 * half), 0);
                }
                code.address(RAX, at(RAX, R8, 2, 0)).add(R9, 128);
              });
          code.add(RSI, 64).add(RDX, R11);
        });
    return code.giveBack().bytes();
  }

  /**
   * The right factor of a product with the transpose of rows: pairs of neighbours, across. From,
   * from row to row; to; strips of 32 rows; pieces of 16 pairs; from strip to strip.
   */
  static byte[] pairsAcross() {
    var code = new Assembler();
    saved(code, () -> pairsAcross(code), RBX);
    return code.bytes();
  }

  private static void pairsAcross(Assembler code) {
    code.load(RSI, at(RDI, 0)).load(R8, at(RDI, 8)).load(RDX, at(RDI, 16)).load(R9, at(RDI, 24));
    code.load(R11, at(RDI, 40));
    loop(
        code,
        R9,
        () -> {
          for (int half = 0; half < 2; half++) {
            code.move(RAX, RSI).address(R10, at(RDX, 64 * half)).load(RCX, at(RDI, 32));
            loop(
                code,
                RCX,
                () -> {
                  code.move(RBX, RAX);
                  for (int i = 0; i < 16; i++) {
                    code.loadVector(i, at(RBX, 0)).add(RBX, R8);
                  }
                  turn(code, R10, 128);
                  code.add(RAX, 64).add(R10, 16 * 128);
                });
            code.address(RSI, at(RSI, R8, 8, 0)).address(RSI, at(RSI, R8, 8, 0));
          }
          code.add(RDX, R11);
        });
  }

  /** Stores the sixteen vectors 0 to 15, seen as rows of numbers of 32 bits, transposed. */
  private static void turn(Assembler code, Register to, int distance) {
    for (int i = 0; i < 16; i += 2) {
      code.unpackLow(16 + i, i, new Zmm(i + 1)).unpackHigh(17 + i, i, new Zmm(i + 1));
    }
    for (int i = 0; i < 16; i += 4) { // now a quarter of vector i + c: column 4 quarter + c
      code.unpackLowPair(i, 16 + i, new Zmm(18 + i)).unpackHighPair(i + 1, 16 + i, new Zmm(18 + i));
      code.unpackLowPair(i + 2, 17 + i, new Zmm(19 + i));
      code.unpackHighPair(i + 3, 17 + i, new Zmm(19 + i));
    }
    for (int c = 0; c < 4; c++) {
      code.quarters(16, c, new Zmm(4 + c), 0x44).quarters(17, c, new Zmm(4 + c), 0xEE);
      code.quarters(18, 8 + c, new Zmm(12 + c), 0x44).quarters(19, 8 + c, new Zmm(12 + c), 0xEE);
      code.quarters(20, 16, new Zmm(18), 0x88).storeVector(at(to, c * distance), 20);
      code.quarters(20, 16, new Zmm(18), 0xDD).storeVector(at(to, (c + 4) * distance), 20);
      code.quarters(20, 17, new Zmm(19), 0x88).storeVector(at(to, (c + 8) * distance), 20);
      code.quarters(20, 17, new Zmm(19), 0xDD).storeVector(at(to, (c + 12) * distance), 20);
    }
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
