package inkstone.tensor;

/** Rows of {@code dim} numbers, one for each token and head, for a kernel to read. */
interface HeadRows {

  /** The numbers of a row. */
  int dim();

  /** Copies a row to an array, from {@code at} on. */
  void read(int token, int head, float[] to, int at);

  /**
   * Rows that are turned by their token's angles as they are read.
   *
   * @param cos of each token's angles, {@code half} of them; what lies behind {@code 2 half} stays
   * @param sin the same
   */
  record Turned(HeadRows rows, float[] cos, float[] sin, int half) implements HeadRows {

    @Override
    public int dim() {
      return rows.dim();
    }

    @Override
    public void read(int token, int head, float[] to, int at) {
      rows.read(token, head, to, at);
      Turn.turn(to, to, at, half, cos, sin, token * half, 1);
    }
  }
}
