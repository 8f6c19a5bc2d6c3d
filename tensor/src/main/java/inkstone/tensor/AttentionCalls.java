package inkstone.tensor;

/** Calls the functions of {@link AttentionCode}, all with the arguments in one place in memory. */
final class AttentionCalls {

  private static final MachineCode SOFTMAX = MachineCode.required(AttentionCode.softmax());
  private static final MachineCode SCALE = MachineCode.required(AttentionCode.scale());
  private static final MachineCode FINISH = MachineCode.required(AttentionCode.finish());
  private static final MachineCode DOTS = MachineCode.required(AttentionCode.dots());
  private static final MachineCode SLOPES = MachineCode.required(AttentionCode.slopes());

  private final Arguments arguments;
  private final long constants;

  /**
   * @param constants where those of {@link AttentionCode#constants} shall lie, in the memory of the
   *     arguments
   */
  AttentionCalls(Arguments arguments, long constants) {
    this.arguments = arguments;
    this.constants = constants;
    arguments.put(constants, AttentionCode.constants());
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
    arguments.call(
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
    arguments.call(SCALE, rows, row, count, pieces, factors);
  }

  void finish(
      long from, long row, long to, long toRow, long rows, long strips, long factors, long next) {
    arguments.call(FINISH, from, row, to, toRow, rows, strips, factors, next);
  }

  void dots(long left, long row, long right, long rightRow, long rows, long pieces, long to) {
    arguments.call(DOTS, left, row, right, rightRow, rows, pieces, to);
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
    arguments.call(
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
