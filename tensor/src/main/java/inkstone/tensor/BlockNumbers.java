package inkstone.tensor;

/**
 * The whole numbers, scales and least values in a GGUF block, as {@link PackedForm} wants them:
 * {@code scale q + least} is what {@link Dequantization} gives, but for the offset of Q4_0.
 */
interface BlockNumbers {

  /**
   * Reads one block: {@code in} from {@code at}.
   *
   * @param q as many numbers as the block has, signed where the form has 8 bits
   * @param scales one for each chunk of the block
   * @param least the same, untouched where the form has none
   */
  void read(byte[] in, int at, byte[] q, float[] scales, float[] least);

  /** The reader of a type that has a {@link PackedForm}. */
  static BlockNumbers of(GgufType type) {
    return switch (type) {
      case Q8_0 -> BlockNumbers::q8;
      case Q4_0 -> (in, at, q, scales, least) -> small(in, at, q, scales, least, false, false);
      case Q4_1 -> (in, at, q, scales, least) -> small(in, at, q, scales, least, true, false);
      case Q5_0 -> (in, at, q, scales, least) -> small(in, at, q, scales, least, false, true);
      case Q5_1 -> (in, at, q, scales, least) -> small(in, at, q, scales, least, true, true);
      case Q4_K -> (in, at, q, scales, least) -> superblock(in, at, q, scales, least, false);
      case Q5_K -> (in, at, q, scales, least) -> superblock(in, at, q, scales, least, true);
      case Q6_K -> BlockNumbers::q6;
      default -> throw new GgufException("blocks of type " + type + " cannot be kept as they are");
    };
  }

  private static void q8(byte[] in, int at, byte[] q, float[] scales, float[] least) {
    scales[0] = Dequantization.half(in, at);
    System.arraycopy(in, at + 2, q, 0, 32);
  }

  private static void small(
      byte[] in, int at, byte[] q, float[] scales, float[] least, boolean offset, boolean fifth) {
    scales[0] = Dequantization.half(in, at);
    least[0] = offset ? Dequantization.half(in, at + 2) : 0;
    int bits = at + (offset ? 4 : 2);
    int low = bits + (fifth ? 4 : 0);
    int high =
        fifth ? Dequantization.uint16(in, bits) | Dequantization.uint16(in, bits + 2) << 16 : 0;
    int middle = fifth && !offset ? 16 : 0;
    for (int i = 0; i < 16; i++) {
      q[i] = (byte) ((in[low + i] & 0xF | (high >>> i & 1) << 4) - middle);
      q[i + 16] = (byte) ((in[low + i] >> 4 & 0xF | (high >>> i + 16 & 1) << 4) - middle);
    }
  }

  private static void superblock(
      byte[] in, int at, byte[] q, float[] scales, float[] least, boolean fifth) {
    float scale = Dequantization.half(in, at);
    float smallest = Dequantization.half(in, at + 2);
    int high = at + 16;
    int low = high + (fifth ? 32 : 0);
    for (int part = 0; part < 8; part++) {
      scales[part] = scale * Dequantization.sixBits(in, at + 4, part, 0);
      least[part] = -(smallest * Dequantization.sixBits(in, at + 4, part, 1));
      for (int i = 0; i < 32; i++) {
        int bits = in[low + part / 2 * 32 + i] >> part % 2 * 4 & 0xF;
        q[part * 32 + i] = (byte) (fifth ? bits | (in[high + i] >> part & 1) << 4 : bits);
      }
    }
  }

  private static void q6(byte[] in, int at, byte[] q, float[] scales, float[] least) {
    float scale = Dequantization.half(in, at + 208);
    for (int i = 0; i < 256; i++) {
      int side = i / 128;
      int low = in[at + side * 64 + i % 64] >> i % 128 / 64 * 4 & 0xF;
      int high = in[at + 128 + side * 32 + i % 32] >> i % 128 / 32 * 2 & 3;
      q[i] = (byte) ((low | high << 4) - 32);
    }
    for (int i = 0; i < 16; i++) {
      scales[i] = scale * in[at + 192 + i];
    }
  }
}
