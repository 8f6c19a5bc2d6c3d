package inkstone.tensor;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/**
 * Floats from the blocks of a GGUF tensor, bit for bit those of ggml's {@code dequantize_row_*}
 * (file ggml-quants.c): every product and sum is rounded to float32.
 */
final class Dequantization {

  /** Elements that are unpacked together: a multiple of every block. */
  private static final int CHUNK = 1 << 14;

  /** Unpacks one block: {@code in} from {@code at}, to {@code out} from {@code to}. */
  @FunctionalInterface
  private interface Block {
    void unpack(byte[] in, int at, float[] out, int to);
  }

  private Dequantization() {}

  /** Whether tensors of that type can be unpacked. */
  static boolean knows(GgufType type) {
    return switch (type) {
      case F32, F16, BF16, Q8_0, Q4_0, Q4_1, Q5_0, Q5_1, Q4_K, Q5_K, Q6_K -> true;
      default -> false;
    };
  }

  /**
   * Unpacks whole blocks.
   *
   * @param blocks as stored
   * @param floats where the values go, float32 in native order; as many as the blocks hold
   */
  static void run(GgufType type, MemorySegment blocks, MemorySegment floats) {
    if (type == GgufType.F32) {
      floats.copyFrom(blocks);
      return;
    }
    var block = block(type);
    int perChunk = CHUNK / type.blockElements();
    var in = new byte[perChunk * type.blockBytes()];
    var out = new float[CHUNK];
    long count = blocks.byteSize() / type.blockBytes();
    for (long first = 0; first < count; first += perChunk) {
      int some = (int) Math.min(perChunk, count - first);
      MemorySegment.copy(
          blocks,
          ValueLayout.JAVA_BYTE,
          first * type.blockBytes(),
          in,
          0,
          some * type.blockBytes());
      for (int i = 0; i < some; i++) {
        block.unpack(in, i * type.blockBytes(), out, i * type.blockElements());
      }
      MemorySegment.copy(
          out,
          0,
          floats,
          ValueLayout.JAVA_FLOAT_UNALIGNED,
          first * type.blockElements() * Float.BYTES,
          some * type.blockElements());
    }
  }

  private static Block block(GgufType type) {
    return switch (type) {
      case F16 -> (in, at, out, to) -> out[to] = half(in, at);
      case BF16 -> (in, at, out, to) -> out[to] = Float.intBitsToFloat(uint16(in, at) << 16);
      case Q8_0 -> Dequantization::q8;
      case Q4_0 -> (in, at, out, to) -> nibbles(in, at, out, to, false, false);
      case Q4_1 -> (in, at, out, to) -> nibbles(in, at, out, to, true, false);
      case Q5_0 -> (in, at, out, to) -> nibbles(in, at, out, to, false, true);
      case Q5_1 -> (in, at, out, to) -> nibbles(in, at, out, to, true, true);
      case Q4_K -> (in, at, out, to) -> superblock(in, at, out, to, false);
      case Q5_K -> (in, at, out, to) -> superblock(in, at, out, to, true);
      case Q6_K -> Dequantization::q6;
      default -> throw new GgufException("blocks of type " + type + " cannot be unpacked");
    };
  }

  /** Scale, 32 signed bytes. */
  private static void q8(byte[] in, int at, float[] out, int to) {
    float scale = half(in, at);
    for (int i = 0; i < 32; i++) {
      out[to + i] = in[at + 2 + i] * scale;
    }
  }

  /**
   * Scale, with {@code offset} the least value, with {@code fifth} 32 high bits, then 16 bytes: the
   * low halves are the first 16 elements, the high halves the last.
   */
  private static void nibbles(
      byte[] in, int at, float[] out, int to, boolean offset, boolean fifth) {
    float scale = half(in, at);
    float least = offset ? half(in, at + 2) : 0;
    int bits = at + (offset ? 4 : 2);
    int low = bits + (fifth ? 4 : 0);
    int high = fifth ? uint16(in, bits) | uint16(in, bits + 2) << 16 : 0;
    int middle = offset ? 0 : fifth ? 16 : 8;
    for (int i = 0; i < 32; i++) {
      int nibble = i < 16 ? in[low + i] & 0xF : in[low + i - 16] >> 4 & 0xF;
      int q = (nibble | (high >>> i & 1) << 4) - middle;
      out[to + i] = offset ? scale * q + least : scale * q;
    }
  }

  /**
   * Q4_K and Q5_K: scale of the scales and of the minima, 8 of each in 6 bits, with {@code fifth}
   * 32 bytes of high bits (bit k of byte i belongs to element 32 k + i), 128 bytes of low halves
   * (of 64 elements each 32 bytes: low halves first).
   */
  private static void superblock(byte[] in, int at, float[] out, int to, boolean fifth) {
    float scale = half(in, at);
    float least = half(in, at + 2);
    int high = at + 16;
    int low = high + (fifth ? 32 : 0);
    for (int part = 0; part < 8; part++) {
      float d = scale * sixBits(in, at + 4, part, 0);
      float m = least * sixBits(in, at + 4, part, 1);
      for (int i = 0; i < 32; i++) {
        int q = in[low + part / 2 * 32 + i] >> part % 2 * 4 & 0xF;
        if (fifth) {
          q |= (in[high + i] >> part & 1) << 4;
        }
        out[to + part * 32 + i] = d * q - m;
      }
    }
  }

  /**
   * The scale (kind 0) or the minimum (kind 1) of one of 8 parts: 12 bytes hold the low six bits of
   * the first four scales, then of the first four minima; the upper two bits of those and four
   * bytes of halves make the last four.
   */
  static int sixBits(byte[] in, int at, int part, int kind) {
    if (part < 4) {
      return in[at + kind * 4 + part] & 0x3F;
    }
    int half = in[at + 8 + part - 4] >> kind * 4 & 0xF;
    return half | (in[at + kind * 4 + part - 4] >> 6 & 3) << 4;
  }

  /**
   * 128 bytes of low halves, 64 bytes of upper pairs of bits, 16 signed scales, scale of scales.
   */
  private static void q6(byte[] in, int at, float[] out, int to) {
    float scale = half(in, at + 208);
    for (int i = 0; i < 256; i++) {
      int side = i / 128;
      int low = in[at + side * 64 + i % 64] >> i % 128 / 64 * 4 & 0xF;
      int high = in[at + 128 + side * 32 + i % 32] >> i % 128 / 32 * 2 & 3;
      float d = scale * in[at + 192 + i / 16];
      out[to + i] = d * ((low | high << 4) - 32);
    }
  }

  static float half(byte[] in, int at) {
    return Float.float16ToFloat((short) uint16(in, at));
  }

  static int uint16(byte[] in, int at) {
    return (in[at] & 0xFF) | (in[at + 1] & 0xFF) << 8;
  }
}
