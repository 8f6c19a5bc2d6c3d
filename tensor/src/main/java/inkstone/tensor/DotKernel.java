package inkstone.tensor;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/**
 * {@link QuantizedKernel} by machine code, for one row as for many: the same numbers, bit for bit.
 * Every size and address that the code sees is reckoned here.
 *
 * @param x the rows
 * @param parts one above the other
 * @param y the address of [rows, rows of all parts] float32
 * @param bias that of biases, or 0
 * @param added that of what has y's shape and is added, or 0
 */
record DotKernel(RoundedRows x, List<QuantizedMatrix> parts, long y, long bias, long added) {

  private static final int ROWS = PackedForm.ROWS;
  private static final int LANES = DotCode.LANES;

  /** Rows that are taken with all vectors of a group at once; more go by one vector. */
  private static final int FEW = 6;

  /** Bytes of weights that a thread takes at once where many rows read them: the second cache. */
  private static final int KEPT = 3 << 17;

  /** Bytes of weights of one call, which a garbage collection has to wait for. */
  private static final int CALL = 1 << 19;

  /** Pieces that each thread has to do at least then, where there are so many groups. */
  private static final int SHARES = 4;

  private static final Map<DotCode, MachineCode> CODES = new ConcurrentHashMap<>();

  private static final ThreadLocal<MemorySegment> ARGUMENTS =
      ThreadLocal.withInitial(() -> Arena.ofAuto().allocate(DotCode.ARGUMENT_BYTES, LANES));

  /** Some groups of a part. */
  private record Piece(QuantizedMatrix w, int start, int first, int groups) {}

  /** Whether this process has the code for products with all of these. */
  static boolean takes(List<QuantizedMatrix> parts) {
    return MachineCode.runs(MachineCode.DOT_BYTES)
        && ROWS % LANES == 0
        && ROWS / LANES <= 2
        && parts.stream().allMatch(w -> w.form.chunk() == PackedForm.COLUMNS);
  }

  /** Computes all rows. */
  void run() {
    check();
    var pieces = pieces();
    Workers.run(pieces.size(), () -> i -> run(pieces.get(i)));
  }

  private int width() {
    return parts.stream().mapToInt(w -> w.rows).sum();
  }

  private void check() {
    if (x.rows() < 1
        || x.memory().byteSize() < x.rows() * x.stride()
        || y == 0
        || parts.stream().anyMatch(w -> w.columns != x.blocks() * PackedForm.COLUMNS)) {
      throw new TensorException(
          "a product of %d rows of %d blocks with %s".formatted(x.rows(), x.blocks(), parts));
    }
  }

  /**
   * Few rows read weights once, and a thread does so fastest in one piece: memory is read ahead. Of
   * many rows, a piece serves all.
   */
  private List<Piece> pieces() {
    var pieces = new ArrayList<Piece>();
    int start = 0;
    int all = parts.stream().mapToInt(w -> PackedForm.groups(w.rows)).sum();
    int shares = Engine.threads() * (x.rows() <= FEW ? 1 : SHARES);
    int share = (all + shares - 1) / shares;
    for (var w : parts) {
      int groups = PackedForm.groups(w.rows);
      int most = x.rows() <= FEW ? groups : KEPT / (int) w.form.groupBytes(w.columns);
      int some = Math.clamp(most, 1, share);
      for (int first = 0; first < groups; first += some) {
        pieces.add(new Piece(w, start, first, Math.min(some, groups - first)));
      }
      start += w.rows;
    }
    return pieces;
  }

  /** All rows of inputs, in strips of about one size. */
  private void run(Piece piece) {
    int strips = (x.rows() + DotCode.MOST_ROWS - 1) / DotCode.MOST_ROWS;
    for (int strip = 0; strip < strips; strip++) {
      int row = (int) ((long) strip * x.rows() / strips);
      int end = (int) ((strip + 1L) * x.rows() / strips);
      run(piece, row, end - row);
    }
  }

  private void run(Piece piece, int row, int rows) {
    var w = piece.w;
    int vectors = rows <= FEW ? ROWS / LANES : 1;
    int last = piece.first + piece.groups - 1;
    int some = (int) Math.max(1, CALL / w.form.groupBytes(w.columns));
    int whole = Math.min(last + 1, w.rows / ROWS) - piece.first;
    for (int lane = 0; lane < ROWS; lane += vectors * LANES) {
      for (int done = 0; done < whole; done += some) {
        int groups = Math.min(some, whole - done);
        call(piece, row, rows, vectors, piece.first + done, groups, lane, ROWS - lane);
      }
      int left = w.rows - last * ROWS - lane;
      if (left + lane < ROWS && left > 0) {
        call(piece, row, rows, vectors, last, 1, lane, left);
      }
    }
  }

  /**
   * One call.
   *
   * @param lane the first of each group
   * @param left the columns of y from there on that are written, at most
   */
  private void call(
      Piece piece, int row, int rows, int vectors, int group, int groups, int lane, int left) {
    var w = piece.w;
    long bytes = w.form.groupBytes(w.columns);
    long from = w.address() + group * bytes;
    long scales = from + (long) lane * w.form.scaleBytes();
    int place = piece.start + group * ROWS + lane;
    int width = width();
    long to = y + ((long) row * width + place) * Float.BYTES;
    var to64 = ARGUMENTS.get();
    set(to64, DotCode.WEIGHTS, from + w.form.header(w.columns) + 4L * lane);
    set(to64, DotCode.SCALES, scales);
    set(to64, DotCode.LEAST, scales + w.form.scalesBytes(w.columns));
    set(to64, DotCode.INPUTS, x.address(row));
    set(to64, DotCode.INPUT_STRIDE, x.stride());
    set(to64, DotCode.BLOCKS, x.blocks());
    set(to64, DotCode.OUTPUT, to);
    set(to64, DotCode.OUTPUT_STRIDE, (long) width * Float.BYTES);
    set(to64, DotCode.BIAS, bias == 0 ? 0 : bias + (long) place * Float.BYTES);
    set(to64, DotCode.ADDED, added - y);
    set(to64, DotCode.ADDS, added);
    for (int v = 0; v < vectors; v++) {
      int some = Math.clamp(left - v * LANES, 0, LANES);
      set(to64, DotCode.MASK + v * Long.BYTES, (1L << some) - 1);
    }
    set(to64, DotCode.GROUPS, groups);
    set(to64, DotCode.GROUP_BYTES, bytes);
    code(new DotCode(w.form, rows, vectors)).call(to64.address());
  }

  private static void set(MemorySegment arguments, int place, long value) {
    arguments.set(ValueLayout.JAVA_LONG, place, value);
  }

  private static MachineCode code(DotCode of) {
    return CODES.computeIfAbsent(of, code -> MachineCode.of(code.bytes()).orElseThrow());
  }
}
