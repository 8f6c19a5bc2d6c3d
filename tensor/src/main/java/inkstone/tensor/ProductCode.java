package inkstone.tensor;

import static inkstone.tensor.Assembler.Register.*;
import static inkstone.tensor.Assembler.at;
import static inkstone.tensor.Macros.loop;
import static inkstone.tensor.Macros.saved;

import inkstone.tensor.Assembler.Condition;
import inkstone.tensor.Assembler.Register;
import inkstone.tensor.Assembler.Zmm;

/**
 * Products of matrices in bfloat16 and what brings their right factors in order, as machine code.
 * Arguments are addresses, distances in bytes and counts of 64 bits each, in the order in which
 * each method names them.
 */
final class ProductCode {

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
    saved(code, () -> multiply(code, false), RBX, RBP, R12, R13, R14, R15);
    return code.bytes();
  }

  /**
   * The same with a result in bfloat16, in rows of 64 bytes a strip; what is added to each row is
   * 32 float32 numbers a strip, whose address comes in place of whether to add.
   */
  static byte[] multiplyToHalf() {
    var code = new Assembler();
    saved(code, () -> multiply(code, true), RBX, RBP, R12, R13, R14, R15);
    return code.bytes();
  }

  private static void multiply(Assembler code, boolean half) {
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
                if (half) {
                  beginWithRow(code);
                } else {
                  begin(code);
                }
                code.move(RAX, R11).address(RCX, at(R11, RSI, 4, 0));
                code.move(RDX, R8).load(RBX, at(RDI, 72));
                loop(code, RBX, () -> pair(code));
                code.move(RAX, R12);
                for (int i = 0; i < 2 * ROWS; i += 2) {
                  if (half) {
                    code.narrow(i, i + 1, new Zmm(i)).storeVector(at(RAX, 0), i);
                  } else {
                    code.storeVector(at(RAX, 0), i).storeVector(at(RAX, VECTOR), i + 1);
                  }
                  code.add(RAX, R15);
                }
                code.address(R11, at(R11, RSI, 8, 0)).address(R12, at(R12, R15, 8, 0));
              });
          code.load(RAX, at(RDI, 32)).add(R8, RAX).add(R9, half ? VECTOR : 2 * VECTOR);
          if (half) {
            code.load(RAX, at(RDI, 80)).add(RAX, 2 * VECTOR).store(at(RDI, 80), RAX);
          }
        });
  }

  /** All rows begin with the same numbers. */
  private static void beginWithRow(Assembler code) {
    code.load(RAX, at(RDI, 80));
    for (int i = 0; i < 2 * ROWS; i += 2) {
      code.loadVector(i, at(RAX, 0)).loadVector(i + 1, at(RAX, VECTOR));
    }
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

  private ProductCode() {}

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
}
