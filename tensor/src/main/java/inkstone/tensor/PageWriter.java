package inkstone.tensor;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.List;

/** Puts the keys and values of new tokens into pages on the CPU, number by number. */
final class PageWriter {

  private static final int STRIP = KvPage.STRIP;
  private static final int MOST = 127;

  private PageWriter() {}

  /** Those of all tokens of the spans, one after the other. */
  static void write(HeadRows keys, HeadRows values, List<PagedSpan> spans, int layer) {
    int token = 0;
    var row = new float[keys.dim()];
    for (var span : spans) {
      for (int i = 0; i < span.length(); i++, token++) {
        int position = span.start() + i;
        var page = span.pages().get(position / KvPage.TOKENS);
        for (int head = 0; head < page.shape().heads(); head++) {
          keys.read(token, head, row, 0);
          write(page, true, layer, head, position % KvPage.TOKENS, row);
          values.read(token, head, row, 0);
          write(page, false, layer, head, position % KvPage.TOKENS, row);
        }
      }
    }
  }

  private static void write(KvPage page, boolean keys, int layer, int head, int slot, float[] row) {
    int dim = row.length;
    var memory = keys ? page.keyMemory() : page.valueMemory();
    long base =
        keys
            ? page.keysAt(layer, head) + (long) slot / STRIP * dim * STRIP + slot % STRIP
            : page.valuesAt(layer, head) + (long) slot * STRIP;
    switch (page.shape().type()) {
      case FLOAT32 -> {
        for (int i = 0; i < dim; i++) {
          memory.setAtIndex(ValueLayout.JAVA_FLOAT, base + offset(keys, i), row[i]);
        }
      }
      case BFLOAT16 -> {
        for (int i = 0; i < dim; i++) {
          memory.setAtIndex(
              ValueLayout.JAVA_SHORT, base + offset(keys, i), Bfloat16.narrow(row[i]));
        }
      }
      case INT8 -> writeBytes(page, memory, keys, layer, head, slot, base, row);
    }
  }

  private static void writeBytes(
      KvPage page,
      MemorySegment memory,
      boolean keys,
      int layer,
      int head,
      int slot,
      long base,
      float[] row) {
    float scale = scale(row, 0, row.length);
    page.scaleMemory()
        .setAtIndex(ValueLayout.JAVA_FLOAT, page.scalesAt(keys, layer, head) + slot, scale);
    for (int i = 0; i < row.length; i++) {
      memory.set(ValueLayout.JAVA_BYTE, base + offset(keys, i), quantised(row[i], scale));
    }
  }

  /** Where number i of a row lies, from the first: keys lie across. */
  private static long offset(boolean keys, int i) {
    return keys ? (long) i * STRIP : (long) i / STRIP * KvPage.TOKENS * STRIP + i % STRIP;
  }

  /** What makes 127 the largest of these numbers. */
  static float scale(float[] x, int from, int length) {
    float most = 0;
    for (int i = from; i < from + length; i++) {
      most = Math.max(most, Math.abs(x[i]));
    }
    return most / MOST;
  }

  static byte quantised(float x, float scale) {
    return (byte) ((scale == 0 ? 0 : Math.round(x / scale)) + KvPage.OFFSET);
  }
}
