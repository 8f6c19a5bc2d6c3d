package inkstone.text;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The most probable way to write a text in pieces (Kudo 2018, section 3.2): Viterbi over the sums
 * of the pieces' log-probabilities; of equal ways the one found first, whose last piece is longer.
 * A character without a piece costs ten more than the least probable piece, and a run of them is
 * one unknown token, or their bytes.
 */
final class Unigram implements SubwordModel {

  private static final double UNKNOWN_PENALTY = 10;

  private final PieceTrie trie;
  private final double[] scores;
  private final Map<String, Integer> ids;
  private final double unknownScore;
  private final int unknown;
  private final int @Nullable [] bytes;
  private final boolean single;

  /**
   * @param ids what text may become
   * @param scores the log-probability of each id
   * @param least the lowest log-probability of the vocabulary
   * @param unknown the id of what has no piece; negative where there is none and it is dropped
   * @param bytes the ids of the 256 bytes, which unknown text becomes; null without them
   * @param single sums in float32 as SentencePiece does, not in float64 as Hugging Face does
   */
  Unigram(
      Map<String, Integer> ids,
      double[] scores,
      double least,
      int unknown,
      int @Nullable [] bytes,
      boolean single) {
    this.ids = new HashMap<>(ids);
    this.scores = scores;
    this.unknown = unknown;
    this.bytes = bytes;
    this.single = single;
    unknownScore = rounded(least - UNKNOWN_PENALTY);
    trie = new PieceTrie(ids);
  }

  private double rounded(double score) {
    return single ? (float) score : score;
  }

  @Override
  public void encode(String piece, IntList out) {
    int length = piece.length();
    var best = new double[length + 1];
    var from = new int[length + 1];
    var last = new int[length + 1];
    Arrays.fill(from, -1);
    for (int start = 0; start < length; ) {
      int width = Character.charCount(piece.codePointAt(start));
      boolean known = false;
      int node = PieceTrie.ROOT;
      for (int end = start + 1; end <= length; end++) {
        node = trie.next(node, piece.charAt(end - 1));
        if (node < 0) {
          break;
        }
        int id = trie.id(node);
        if (id >= 0) {
          known |= end - start == width;
          offer(best, from, last, start, end, id, best[start] + scores[id]);
        }
      }
      if (!known) {
        offer(best, from, last, start, start + width, -1, rounded(best[start] + unknownScore));
      }
      start += width;
    }
    collect(piece, from, last, out);
  }

  private void offer(
      double[] best, int[] from, int[] last, int start, int end, int id, double score) {
    if (from[end] < 0 || score > best[end]) {
      best[end] = rounded(score);
      from[end] = start;
      last[end] = id;
    }
  }

  /** The way back from the end; neighbouring unknown characters become one. */
  private void collect(String piece, int[] from, int[] last, IntList out) {
    var reversed = new IntList(16);
    for (int end = piece.length(); end > 0; end = from[end]) {
      reversed.add(end);
    }
    int start = 0;
    for (int i = reversed.size() - 1; i >= 0; i--) {
      int end = reversed.get(i);
      if (last[end] >= 0) {
        out.add(last[end]);
        start = end;
      } else if (i == 0 || last[reversed.get(i - 1)] >= 0) {
        addUnknown(piece.substring(start, end), out);
        start = end;
      }
    }
  }

  private void addUnknown(String text, IntList out) {
    Integer known = single ? null : ids.get(text);
    if (known != null) {
      out.add(known);
      return;
    }
    if (bytes != null) {
      byte[] utf8 = text.getBytes(UTF_8);
      boolean all = true;
      for (byte b : utf8) {
        all &= bytes[b & 0xFF] >= 0;
      }
      if (all) {
        for (byte b : utf8) {
          out.add(bytes[b & 0xFF]);
        }
        return;
      }
    }
    if (unknown >= 0) {
      out.add(unknown);
    }
  }
}
