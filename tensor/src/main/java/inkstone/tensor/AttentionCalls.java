package inkstone.tensor;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.function.Supplier;

/** Calls the functions of {@link AttentionCode}, all with the arguments in one place in memory. */
final class AttentionCalls {

  /** The most that arguments take. */
  static final int BYTES = 16 * Long.BYTES;

  /** Whether they run on this CPU, in this process. */
  static final boolean RUN = MachineCode.runs(MachineCode.DOT_BFLOAT16);

  private static final MachineCode MULTIPLY = code(AttentionCode::multiply);
  private static final MachineCode COPY = code(AttentionCode::copy);
  private static final MachineCode PAIRS_DOWN = code(AttentionCode::pairsDown);
  private static final MachineCode PAIRS_ACROSS = code(AttentionCode::pairsAcross);
  private static final MachineCode SOFTMAX = code(AttentionCode::softmax);
  private static final MachineCode SCALE = code(AttentionCode::scale);
  private static final MachineCode FINISH = code(AttentionCode::finish);
  private static final MachineCode DOTS = code(AttentionCode::dots);
  private static final MachineCode SLOPES = code(AttentionCode::slopes);

  private final MemorySegment memory;
  private final long arguments;
  private final long constants;

  /**
   * @param memory all that the arguments will point to, but for tensors
   * @param arguments where they lie in it, {@link #BYTES}
   * @param constants where those of {@link AttentionCode#constants} lie
   */
  AttentionCalls(MemorySegment memory, long arguments, long constants) {
    this.memory = memory;
    this.arguments = arguments;
    this.constants = constants;
    var all = AttentionCode.constants();
    long at = constants - memory.address();
    MemorySegment.copy(all, 0, memory, ValueLayout.JAVA_FLOAT, at, all.length);
  }

  private static MachineCode code(Supplier<byte[]> bytes) {
    return MachineCode.of(bytes.get())
        .orElseThrow(() -> new TensorException("no memory for machine code was granted"));
  }

  private void call(MachineCode code, long... words) {
    MemorySegment.copy(
        words, 0, memory, ValueLayout.JAVA_LONG, arguments - memory.address(), words.length);
    code.call(arguments);
  }

  /** The left factor of a product: bytes from row to row, and from pair to pair. */
  record Left(long at, long row, long pair) {}

  /** The right factor: bytes from strip to strip. */
  record Right(long at, long strip) {}

  /** Where a product goes, and whether it is added to what is there. */
  record Result(long at, long row, boolean add) {}

  void multiply(Left a, Right b, Result c, long tiles, long strips, long pairs) {
    long add = c.add ? 1 : 0;
    call(MULTIPLY, a.at, a.row, a.pair, b.at, b.strip, c.at, c.row, tiles, strips, pairs, add);
  }

  void copy(long from, long row, long to, long toRow, long rows, long pieces) {
    call(COPY, from, row, to, toRow, rows, pieces);
  }

  /** Rows of {@code dim} numbers, a multiple of 32 of them, as the right factor: pairs of rows. */
  void pairsDown(long from, long dim, long to, long rows) {
    call(PAIRS_DOWN, from, dim * 2, to, rows / 2, dim / 32, rows / 2 * 128);
  }

  /** The same, transposed: pairs of neighbours in a row. */
  void pairsAcross(long from, long dim, long to, long rows) {
    call(PAIRS_ACROSS, from, dim * 2, to, rows / 32, dim / 32, dim / 2 * 128);
  }

  void softmax(
      long scores,
      long row,
      long weights,
      long weightRow,
      long rows,
      long strips,
      float scale,
      long largest,
      long sums,
      long factors) {
    call(
        SOFTMAX,
        scores,
        row,
        weights,
        weightRow,
        rows,
        strips,
        Float.floatToRawIntBits(scale),
        largest,
        sums,
        factors,
        constants);
  }

  void scale(long rows, long row, long count, long pieces, long factors) {
    call(SCALE, rows, row, count, pieces, factors);
  }

  void finish(
      long from, long row, long to, long toRow, long rows, long strips, long factors, long next) {
    call(FINISH, from, row, to, toRow, rows, strips, factors, next);
  }

  void dots(long left, long row, long right, long rightRow, long rows, long pieces, long to) {
    call(DOTS, left, row, right, rightRow, rows, pieces, to);
  }

  /** Transposed scores and the gradients of the weights, bytes from row to row of both. */
  record Scores(long at, long slopes, long row) {}

  /** Weights and the gradients of the scores, bytes from row to row of both. */
  record Weights(long at, long slopes, long row) {}

  void slopes(
      Scores scores,
      Weights weights,
      long pairs,
      long pair,
      long count,
      long strips,
      long normalisers,
      long means,
      float scale) {
    call(
        SLOPES,
        scores.at,
        scores.slopes,
        scores.row,
        weights.at,
        weights.slopes,
        weights.row,
        pairs,
        pair,
        count,
        strips,
        normalisers,
        Float.floatToRawIntBits(scale),
        constants,
        means);
  }
}
