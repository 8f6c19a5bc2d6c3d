package inkstone.generate.constraint;

import java.util.ArrayList;
import java.util.List;

/**
 * The UTF-8 bytes of a set of characters, as sequences of one to four byte ranges: a text is a
 * character of the set if and only if each of its bytes lies in the range at its place of one of
 * them. After R. Cox, "Regular Expression Matching in the Wild" (2010), and RE2's compiler.
 */
final class Utf8Ranges {

  /** The bytes {@code first} to {@code last}, 0 to 255. */
  record Bytes(int first, int last) {}

  private static final int[] LARGEST = {0x7F, 0x7FF, 0xFFFF, 0x10FFFF};

  private Utf8Ranges() {}

  /** In rising order; the ranges at the first place where two differ do not touch. */
  static List<List<Bytes>> of(CodePoints set) {
    var sequences = new ArrayList<List<Bytes>>();
    for (var range : set.ranges()) {
      int first = range.first();
      for (int largest : LARGEST) {
        if (first <= Math.min(largest, range.last())) {
          split(first, Math.min(largest, range.last()), sequences);
          first = largest + 1;
        }
      }
    }
    return sequences;
  }

  /** Characters of one length, cut until bytes after the first that differs may be any. */
  private static void split(int first, int last, List<List<Bytes>> sequences) {
    for (int bits = 6; bits <= 18; bits += 6) {
      int low = (1 << bits) - 1;
      if (first > 0x7F && (first & ~low) != (last & ~low)) {
        if ((first & low) != 0) {
          split(first, first | low, sequences);
          split((first | low) + 1, last, sequences);
          return;
        }
        if ((last & low) != low) {
          split(first, (last & ~low) - 1, sequences);
          split(last & ~low, last, sequences);
          return;
        }
      }
    }
    var from = encode(first);
    var to = encode(last);
    var sequence = new ArrayList<Bytes>();
    for (int i = 0; i < from.length; i++) {
      sequence.add(new Bytes(from[i] & 0xFF, to[i] & 0xFF));
    }
    sequences.add(sequence);
  }

  private static byte[] encode(int character) {
    return Character.toString(character).getBytes(java.nio.charset.StandardCharsets.UTF_8);
  }
}
