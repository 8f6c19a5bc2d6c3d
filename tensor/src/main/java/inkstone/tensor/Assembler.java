package inkstone.tensor;

import java.io.ByteArrayOutputStream;
import java.util.Arrays;

/**
 * Writes x86-64 machine code: the few instructions that our kernels need, vectors always of 512
 * bits. A vector is its number, 0 to 31. Encodings are those of Intel's manual (volume 2, sections
 * 2.1 and 2.7); addresses have a displacement of 32 bits always.
 */
final class Assembler {

  /** A register for whole numbers and addresses. */
  enum Register {
    RAX,
    RCX,
    RDX,
    RBX,
    RSP,
    RBP,
    RSI,
    RDI,
    R8,
    R9,
    R10,
    R11,
    R12,
    R13,
    R14,
    R15
  }

  /** When a jump is taken, after a comparison. */
  enum Condition {
    EQUAL(4),
    UNEQUAL(5),
    BELOW(2),
    ABOVE_OR_EQUAL(3);

    private final int code;

    Condition(int code) {
      this.code = code;
    }
  }

  /** What the last operand of a vector instruction is. */
  sealed interface Operand {}

  /** A vector. */
  record Zmm(int number) implements Operand {}

  /**
   * Memory at {@code base + index scale + displacement}.
   *
   * @param index none where it is {@link Register#RSP}, as in the encoding itself
   * @param scale 1, 2, 4 or 8
   * @param repeated whether one number of 32 bits is taken for all lanes
   */
  record Memory(Register base, Register index, int scale, int displacement, boolean repeated)
      implements Operand {

    /** Further on. */
    Memory plus(int bytes) {
      return new Memory(base, index, scale, displacement + bytes, repeated);
    }

    /** Its first number, for all lanes. */
    Memory each() {
      return new Memory(base, index, scale, displacement, true);
    }
  }

  /** Opcode maps and prefixes, as the fields of the encoding have them. */
  private static final int M0F = 1;

  private static final int M0F38 = 2;
  private static final int M0F3A = 3;
  private static final int NP = 0;
  private static final int P66 = 1;
  private static final int PF3 = 2;
  private static final int WIDE = 0x80;

  /** Of a comparison: not less than, or without order. */
  private static final int NOT_LESS = 5;

  private final ByteArrayOutputStream code = new ByteArrayOutputStream();

  static Memory at(Register base, int displacement) {
    return at(base, Register.RSP, 1, displacement);
  }

  static Memory at(Register base, Register index, int scale, int displacement) {
    return new Memory(base, index, scale, displacement, false);
  }

  /** What was written so far. */
  byte[] bytes() {
    return code.toByteArray();
  }

  private Assembler put(int... bytes) {
    for (int each : bytes) {
      code.write(each);
    }
    return this;
  }

  private Assembler put32(int value) {
    return put(value, value >> 8, value >> 16, value >> 24);
  }

  /** The byte that names two registers, or one and an address. */
  private Assembler operands(int register, Operand other) {
    int middle = (register & 7) << 3;
    return switch (other) {
      case Zmm vector -> put(0xC0 | middle | vector.number & 7);
      case Memory memory -> {
        int base = memory.base.ordinal() & 7;
        if (memory.index == Register.RSP && base != 4) {
          put(0x80 | middle | base);
        } else {
          int scale = Integer.numberOfTrailingZeros(memory.scale) << 6;
          put(0x80 | middle | 4, scale | (memory.index.ordinal() & 7) << 3 | base);
        }
        yield put32(memory.displacement);
      }
    };
  }

  /** An instruction on whole numbers of 64 bits. */
  private Assembler wide(int[] opcode, int register, Operand other) {
    int rex = 0x48 | (register & 8) >> 1;
    rex |=
        switch (other) {
          case Zmm plain -> plain.number >> 3;
          case Memory memory -> memory.base.ordinal() >> 3 | (memory.index.ordinal() >> 3 & 1) << 1;
        };
    return put(rex).put(opcode).operands(register, other);
  }

  private static Zmm plain(Register register) {
    return new Zmm(register.ordinal());
  }

  /** {@code to = from}. */
  Assembler move(Register to, Register from) {
    return wide(new int[] {0x89}, from.ordinal(), plain(to));
  }

  /** {@code to = memory}. */
  Assembler load(Register to, Memory from) {
    return wide(new int[] {0x8B}, to.ordinal(), from);
  }

  /** {@code memory = from}. */
  Assembler store(Memory to, Register from) {
    return wide(new int[] {0x89}, from.ordinal(), to);
  }

  /** {@code to} = the address itself. */
  Assembler address(Register to, Memory of) {
    return wide(new int[] {0x8D}, to.ordinal(), of);
  }

  Assembler add(Register to, int value) {
    return wide(new int[] {0x81}, 0, plain(to)).put32(value);
  }

  Assembler add(Register to, Register from) {
    return wide(new int[] {0x01}, from.ordinal(), plain(to));
  }

  Assembler subtract(Register to, int value) {
    return wide(new int[] {0x81}, 5, plain(to)).put32(value);
  }

  Assembler subtract(Register to, Register from) {
    return wide(new int[] {0x29}, from.ordinal(), plain(to));
  }

  Assembler compare(Register left, int value) {
    return wide(new int[] {0x81}, 7, plain(left)).put32(value);
  }

  Assembler compare(Register left, Register right) {
    return wide(new int[] {0x39}, right.ordinal(), plain(left));
  }

  Assembler push(Register register) {
    return put(0x40 | register.ordinal() >> 3, 0x50 | register.ordinal() & 7);
  }

  Assembler pop(Register register) {
    return put(0x40 | register.ordinal() >> 3, 0x58 | register.ordinal() & 7);
  }

  /** Brings a line of memory nearer. */
  Assembler prefetch(Memory of) {
    int rex = 0x40 | of.base.ordinal() >> 3 | (of.index.ordinal() >> 3 & 1) << 1;
    return put(rex, 0x0F, 0x18).operands(1, of);
  }

  /** Ends the function: vectors are left as other code wants them. */
  Assembler giveBack() {
    return put(0xC5, 0xF8, 0x77, 0xC3);
  }

  /** Where the next instruction begins, for a jump back. */
  int here() {
    return code.size();
  }

  /** Jumps to a place before. */
  Assembler jump(Condition when, int target) {
    put(0x0F, 0x80 | when.code);
    return put32(target - (here() + 4));
  }

  /** Passes over what {@code body} writes. */
  Assembler skip(Condition when, Runnable body) {
    put(0x0F, 0x80 | when.code).put32(0);
    int from = here();
    body.run();
    var all = bytes();
    int distance = all.length - from;
    for (int i = 0; i < Integer.BYTES; i++) {
      all[from - Integer.BYTES + i] = (byte) (distance >> 8 * i);
    }
    code.reset();
    code.writeBytes(Arrays.copyOf(all, all.length));
    return this;
  }

  /** An instruction on vectors: prefix EVEX, 512 bits. */
  private Assembler evex(
      int map, int prefix, int opcode, int first, int second, Operand third, int mask) {
    int far =
        switch (third) {
          case Zmm v -> (v.number & 8) << 2 | (v.number & 16) << 2;
          case Memory m -> (m.base.ordinal() & 8) << 2 | (m.index.ordinal() & 8) << 3;
        };
    int extensions = ~(far | (first & 8) << 4 | first & 16) & 0xF0;
    boolean repeated = third instanceof Memory memory && memory.repeated;
    return put(
            0x62,
            extensions | map,
            (~second & 15) << 3 | 4 | prefix,
            0x40 | (repeated ? 0x10 : 0) | (~second & 16) >> 1 | mask,
            opcode)
        .operands(first, third);
  }

  private Assembler evex(int map, int prefix, int opcode, int first, int second, Operand third) {
    return evex(map, prefix, opcode, first, second, third, 0);
  }

  /** {@code to = from}, all 64 bytes. */
  Assembler loadVector(int to, Operand from) {
    return evex(M0F, NP, 0x10, to, 0, from);
  }

  /** Lanes whose bit in the mask is 0 become 0, and their memory is not touched. */
  Assembler loadVector(int to, Memory from, int mask) {
    return evex(M0F, NP, 0x10, to, 0, from, 0x80 | mask);
  }

  Assembler storeVector(Memory to, int from) {
    return evex(M0F, NP, 0x11, from, 0, to);
  }

  /** Lanes whose bit in the mask is 0 are not written. */
  Assembler storeVector(Memory to, int from, int mask) {
    return evex(M0F, NP, 0x11, from, 0, to, mask);
  }

  /** One number of 32 bits for all lanes. */
  Assembler repeat(int to, Memory from) {
    return evex(M0F38, P66, 0x58, to, 0, from);
  }

  /** The low 32 bits of a register for all lanes. */
  Assembler repeat(int to, Register from) {
    return evex(M0F38, P66, 0x7C, to, 0, plain(from));
  }

  /** The first lane for all. */
  Assembler repeatFirst(int to, int from) {
    return evex(M0F38, P66, 0x58, to, 0, new Zmm(from));
  }

  /** Sets a mask, 1 to 7, to the low 16 bits of one of the first eight registers. */
  Assembler mask(int to, Register from) {
    return put(0xC5, 0xF8, 0x92, 0xC0 | to << 3 | from.ordinal());
  }

  /**
   * Adds the products of four neighbouring bytes, the left ones without a sign, the right ones with
   * one.
   */
  Assembler dotBytes(int sum, int left, Operand right) {
    return evex(M0F38, P66, 0x50, sum, left, right);
  }

  /** Adds the products of two neighbouring bfloat16 numbers to float32 sums. */
  Assembler dotBfloat16(int sum, int left, Operand right) {
    return evex(M0F38, PF3, 0x52, sum, left, right);
  }

  /** Two vectors of float32 to one of bfloat16: {@code high} to the upper half. */
  Assembler narrow(int to, int high, Operand low) {
    return evex(M0F38, 3, 0x72, to, high, low);
  }

  /** {@code sum += left right} in float32, rounded once. */
  Assembler multiplyAdd(int sum, int left, Operand right) {
    return evex(M0F38, P66, 0xB8, sum, left, right);
  }

  Assembler multiply(int to, int left, Operand right) {
    return evex(M0F, NP, 0x59, to, left, right);
  }

  Assembler add(int to, int left, Operand right) {
    return evex(M0F, NP, 0x58, to, left, right);
  }

  Assembler subtract(int to, int left, Operand right) {
    return evex(M0F, NP, 0x5C, to, left, right);
  }

  Assembler divide(int to, int left, Operand right) {
    return evex(M0F, NP, 0x5E, to, left, right);
  }

  /** Lanes whose bit in the mask is 0 become 0. */
  Assembler divide(int to, int left, Operand right, int mask) {
    return evex(M0F, NP, 0x5E, to, left, right, 0x80 | mask);
  }

  /** Sets the bits of a mask where a number is not below another, or one of them is NaN. */
  Assembler notBelow(int mask, int left, Operand right) {
    return evex(M0F, NP, 0xC2, mask, left, right).put(NOT_LESS);
  }

  /** Lanes whose bit in the mask is 0 stay. */
  Assembler replace(int to, int from, int mask) {
    return evex(M0F, NP, 0x10, to, 0, new Zmm(from), mask);
  }

  /** The larger of two; the right one where either is NaN. */
  Assembler most(int to, int left, Operand right) {
    return evex(M0F, NP, 0x5F, to, left, right);
  }

  Assembler addWhole(int to, int left, Operand right) {
    return evex(M0F, P66, 0xFE, to, left, right);
  }

  Assembler subtractWhole(int to, int left, Operand right) {
    return evex(M0F, P66, 0xFA, to, left, right);
  }

  /** The larger of two whole numbers with a sign. */
  Assembler mostWhole(int to, int left, Operand right) {
    return evex(M0F38, P66, 0x3D, to, left, right);
  }

  Assembler and(int to, int left, Operand right) {
    return evex(M0F, P66, 0xDB, to, left, right);
  }

  Assembler or(int to, int left, Operand right) {
    return evex(M0F, P66, 0xEB, to, left, right);
  }

  Assembler exclusiveOr(int to, int left, Operand right) {
    return evex(M0F, P66, 0xEF, to, left, right);
  }

  Assembler zero(int to) {
    return exclusiveOr(to, to, new Zmm(to));
  }

  /** Shifts numbers of 32 bits to the left. */
  Assembler shiftLeft(int to, Operand from, int bits) {
    return evex(M0F, P66, 0x72, 6, to, from).put(bits);
  }

  /** Shifts numbers of 32 bits to the right; zeros come in. */
  Assembler shiftRight(int to, Operand from, int bits) {
    return evex(M0F, P66, 0x72, 2, to, from).put(bits);
  }

  /** Shifts numbers of 32 bits to the right; their sign comes in. */
  Assembler shiftRightSigned(int to, Operand from, int bits) {
    return evex(M0F, P66, 0x72, 4, to, from).put(bits);
  }

  /** Whole numbers to float32. */
  Assembler toFloat(int to, Operand from) {
    return evex(M0F, NP, 0x5B, to, 0, from);
  }

  /** Sixteen float16 numbers, 32 bytes, to float32. */
  Assembler widenHalf(int to, Memory from) {
    return evex(M0F38, P66, 0x13, to, 0, from);
  }

  /** Sixteen words, 32 bytes, to 32 bits each; zeros above. */
  Assembler widenWord(int to, Memory from) {
    return evex(M0F38, P66, 0x33, to, 0, from);
  }

  /** The lowest byte of each lane: 16 bytes. */
  Assembler storeBytes(Memory to, int from) {
    return evex(M0F38, PF3, 0x31, from, 0, to);
  }

  /** Quarters of 128 bits: two of {@code left}, then two of {@code right}; two bits choose each. */
  Assembler quarters(int to, int left, Operand right, int choice) {
    return evex(M0F3A, P66, 0x23, to, left, right).put(choice);
  }

  /** The four numbers of each quarter in another order; two bits choose each. */
  Assembler within(int to, Operand from, int choice) {
    return evex(M0F, P66, 0x70, to, 0, from).put(choice);
  }

  /** {@code to = to left + right} in float32, rounded once. */
  Assembler multiplyInto(int to, int left, Operand right) {
    return evex(M0F38, P66, 0xA8, to, left, right);
  }

  /** {@code to -= left right} in float32, rounded once. */
  Assembler multiplySubtract(int to, int left, Operand right) {
    return evex(M0F38, P66, 0xBC, to, left, right);
  }

  /** The nearest whole numbers, in float32. */
  Assembler round(int to, Operand from) {
    return evex(M0F3A, P66, 0x08, to, 0, from).put(0);
  }

  /** {@code left 2^right}, right a whole number in float32. */
  Assembler timesPowerOfTwo(int to, int left, Operand right) {
    return evex(M0F38, P66, 0x2C, to, left, right);
  }

  /** Neighbours of 32 bits in each quarter: the first two of left and right, in turn. */
  Assembler unpackLow(int to, int left, Operand right) {
    return evex(M0F, P66, 0x62, to, left, right);
  }

  /** The same of the last two. */
  Assembler unpackHigh(int to, int left, Operand right) {
    return evex(M0F, P66, 0x6A, to, left, right);
  }

  /** Pairs of 32 bits in each quarter: the first of left and right. */
  Assembler unpackLowPair(int to, int left, Operand right) {
    return evex(M0F, WIDE | P66, 0x6C, to, left, right);
  }

  /** The same of the second ones. */
  Assembler unpackHighPair(int to, int left, Operand right) {
    return evex(M0F, WIDE | P66, 0x6D, to, left, right);
  }

  /** The 32 words of {@code from} in the order that the words of {@code places} give. */
  Assembler words(int to, int places, Operand from) {
    return evex(M0F38, WIDE | P66, 0x8D, to, places, from);
  }

  /** {@code 1 / from}, to 14 bits. */
  Assembler reciprocal(int to, Operand from) {
    return evex(M0F38, P66, 0x4C, to, 0, from);
  }
}
