package inkstone.tensor;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/**
 * Blocks of a GGUF tensor from floats, bit for bit those of ggml's {@code quantize_row_*_ref} (file
 * ggml-quants.c).
 */
final class Quantization {

  private static final int CHUNK = 1 << 14;

  private Quantization() {}

  /** Whether tensors can be packed into that type. */
  static boolean knows(GgufType type) {
    return switch (type) {
      case F32, F16, Q8_0, Q4_0 -> true;
      default -> false;
    };
  }

  /**
   * Packs whole blocks.
   *
   * @param floats float32 in native order
   * @param blocks where the blocks go; as many as the floats fill
   */
  static void run(GgufType type, MemorySegment floats, MemorySegment blocks) {
    if (type == GgufType.F32) {
      blocks.copyFrom(floats);
      return;
    }
    var in = new float[CHUNK];
    var out = new byte[CHUNK / type.blockElements() * type.blockBytes()];
    long count = floats.byteSize() / Float.BYTES;
    for (long first = 0; first < count; first += CHUNK) {
      int some = (int) Math.min(CHUNK, count - first);
      MemorySegment.copy(
          floats, ValueLayout.JAVA_FLOAT_UNALIGNED, first * Float.BYTES, in, 0, some);
      int filled = some / type.blockElements();
      for (int i = 0; i < filled; i++) {
        block(type, in, i * type.blockElements(), out, i * type.blockBytes());
      }
      MemorySegment.copy(
          out,
          0,
          blocks,
          ValueLayout.JAVA_BYTE,
          first / type.blockElements() * type.blockBytes(),
          filled * type.blockBytes());
    }
  }

  private static void block(GgufType type, float[] in, int from, byte[] out, int at) {
    switch (type) {
      case F16 -> half(in[from], out, at);
      case Q8_0 -> q8(in, from, out, at);
      case Q4_0 -> q4(in, from, out, at);
      default -> throw new GgufException("nothing can be packed into blocks of type " + type);
    }
  }

  /** The largest magnitude becomes 127; halves are rounded away from zero. */
  private static void q8(float[] in, int from, byte[] out, int at) {
    float most = 0;
    for (int i = 0; i < 32; i++) {
      most = Math.max(most, Math.abs(in[from + i]));
    }
    float scale = most / 127;
    float inverse = inverse(scale);
    half(scale, out, at);
    for (int i = 0; i < 32; i++) {
      float q = in[from + i] * inverse;
      // Not floor(|q| + 0.5): that sum itself is rounded.
      float whole = (float) Math.floor(Math.abs(q));
      int rounded = (int) whole + (Math.abs(q) - whole >= 0.5f ? 1 : 0);
      out[at + 2 + i] = (byte) (q < 0 ? -rounded : rounded);
    }
  }

  /** The value of largest magnitude, the first of them, becomes -8. */
  private static void q4(float[] in, int from, byte[] out, int at) {
    float most = in[from];
    for (int i = 1; i < 32; i++) {
      if (Math.abs(in[from + i]) > Math.abs(most)) {
        most = in[from + i];
      }
    }
    float scale = most / -8;
    float inverse = inverse(scale);
    half(scale, out, at);
    for (int i = 0; i < 16; i++) {
      int low = nibble(in[from + i] * inverse);
      int high = nibble(in[from + 16 + i] * inverse);
      out[at + 2 + i] = (byte) (low | high << 4);
    }
  }

  private static int nibble(float q) {
    return Math.clamp((int) (q + 8.5f), 0, 15);
  }

  /** Zero where the scale is, and where its inverse is beyond a float: float16 calls both zero. */
  private static float inverse(float scale) {
    float inverse = 1 / scale;
    return Float.isInfinite(inverse) ? 0 : inverse;
  }

  private static void half(float value, byte[] out, int at) {
    short bits = Float.floatToFloat16(value);
    out[at] = (byte) bits;
    out[at + 1] = (byte) (bits >> 8);
  }
}
