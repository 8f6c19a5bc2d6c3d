package inkstone.tensor;

/** Calls the functions of {@link ProductCode}. */
record Bfloat16Products(Arguments arguments) {

  /** Columns of a strip of a right factor, and bytes of one line of it. */
  static final int STRIP = 32;

  static final int LINE = STRIP * Float.BYTES;

  private static final MachineCode MULTIPLY = MachineCode.required(ProductCode.multiply());
  private static final MachineCode MULTIPLY_TO_HALF =
      MachineCode.required(ProductCode.multiplyToHalf());
  private static final MachineCode COPY = MachineCode.required(ProductCode.copy());
  private static final MachineCode PAIRS_DOWN = MachineCode.required(ProductCode.pairsDown());
  private static final MachineCode PAIRS_ACROSS = MachineCode.required(ProductCode.pairsAcross());

  /** The left factor of a product: bytes from row to row, and from pair to pair. */
  record Left(long at, long row, long pair) {}

  /** The right factor: bytes from strip to strip. */
  record Right(long at, long strip) {}

  /** Where a product goes, and whether it is added to what is there. */
  record Result(long at, long row, boolean add) {}

  void multiply(Left a, Right b, Result c, long tiles, long strips, long pairs) {
    long add = c.add ? 1 : 0;
    arguments.call(
        MULTIPLY, a.at, a.row, a.pair, b.at, b.strip, c.at, c.row, tiles, strips, pairs, add);
  }

  /**
   * With a result in bfloat16.
   *
   * @param c where it goes; never added to
   * @param start float32, one for each column: what each row begins with
   */
  void multiplyToHalf(Left a, Right b, Result c, long tiles, long strips, long pairs, long start) {
    arguments.call(
        MULTIPLY_TO_HALF,
        a.at,
        a.row,
        a.pair,
        b.at,
        b.strip,
        c.at,
        c.row,
        tiles,
        strips,
        pairs,
        start);
  }

  void copy(long from, long row, long to, long toRow, long rows, long pieces) {
    arguments.call(COPY, from, row, to, toRow, rows, pieces);
  }

  /** Rows of {@code dim} numbers, a multiple of 32 of them, as the right factor: pairs of rows. */
  void pairsDown(long from, long dim, long to, long rows) {
    pairsDown(from, dim * 2, to, rows / 2, dim / STRIP, rows / 2 * LINE);
  }

  /** The same of a part of longer rows. */
  void pairsDown(long from, long row, long to, long pairs, long strips, long strip) {
    arguments.call(PAIRS_DOWN, from, row, to, pairs, strips, strip);
  }

  /** The same, transposed: pairs of neighbours in a row. */
  void pairsAcross(long from, long dim, long to, long rows) {
    arguments.call(PAIRS_ACROSS, from, dim * 2, to, rows / 32, dim / 32, dim / 2 * 128);
  }
}
