package inkstone.tensor;

import static inkstone.tensor.Products.up;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/**
 * Attention of one key head at a time in bfloat16, on one thread, by machine code: blocks of
 * queries over blocks of keys, so that scores never leave the cache (Dao et al., 2022, algorithms 1
 * and 4). Sums are float32. Forward keeps the largest score and the sum of each query as it goes;
 * backward works with transposed scores, keys in rows, so that what belongs to a query is a vector.
 */
final class Bfloat16Attention {

  /** Queries of one block. */
  private static final int QUERIES = 64;

  /** Keys of one block. */
  private static final int KEYS = 256;

  private static final int STRIP = Bfloat16Products.STRIP;
  private static final int LINE = Bfloat16Products.LINE;

  private static final int HALF = Short.BYTES;
  private static final int FULL = Float.BYTES;
  private static final float NOTHING = -1e30f;
  private static final ValueLayout.OfFloat FLOAT = ValueLayout.JAVA_FLOAT;

  private final AttentionKernel.Task task;
  private final int dim;
  private final int keys; // filled up to whole strips
  private final MemorySegment memory;
  private final long base;
  private long used;

  private final Bfloat16Products products;
  private final AttentionCalls call;
  private final long queryRows;
  private final long keyRows;
  private final long valueRows;
  private final long keyFactor; // across in forward, down in backward
  private final long valueDown;
  private final long scores;
  private final long weights;
  private final long mixed;
  private final long largest;
  private final long sums;
  private final long factors;
  private final long hidden;
  private final long one;

  Bfloat16Attention(AttentionKernel.Task task) {
    this.task = task;
    dim = task.dim();
    keys = up(task.keys(), STRIP);
    memory = Workspace.of(bytes());
    base = memory.address();
    var arguments = new Arguments(memory, take(Arguments.BYTES));
    products = new Bfloat16Products(arguments);
    call = new AttentionCalls(arguments, take(AttentionCode.constants().length * FULL));
    queryRows = take((long) QUERIES * dim * HALF);
    keyRows = take((long) keys * dim * HALF);
    valueRows = take((long) keys * dim * HALF);
    keyFactor = take((long) keys * dim * HALF);
    valueDown = take((long) keys * dim * HALF);
    scores = take((long) QUERIES * KEYS * FULL);
    weights = take((long) QUERIES * KEYS * HALF);
    mixed = take((long) QUERIES * dim * FULL);
    largest = take((long) QUERIES * FULL);
    sums = take((long) QUERIES * FULL);
    factors = take((long) QUERIES * FULL);
    hidden = take((long) KEYS * FULL);
    one = take(FULL);
    fill(hidden, KEYS, Float.NEGATIVE_INFINITY);
    fill(one, 1, 1);
  }

  /** All that forward and backward take, and some for what begins on a line. */
  private long bytes() {
    long rows = (long) keys * dim * (4 * HALF + 2 * FULL);
    long blocks = (long) QUERIES * KEYS * (2 * FULL + 4 * HALF) + 6L * QUERIES * dim * FULL;
    return rows + blocks + (8L * QUERIES + KEYS) * FULL + 64 * 64 + Arguments.BYTES;
  }

  private long take(long bytes) {
    long at = used;
    used += (bytes + 63) / 64 * 64;
    return base + at;
  }

  private void fill(long at, int count, float number) {
    for (int i = 0; i < count; i++) {
      memory.set(FLOAT, at - base + (long) i * FULL, number);
    }
  }

  /** Whether it can take heads of that many numbers here. */
  static boolean fits(long dim) {
    return dim > 0 && dim % STRIP == 0 && MachineCode.runs(MachineCode.DOT_BFLOAT16);
  }

  /** Copies rows of a head, and zeros up to a whole strip. */
  private void read(Strided from, int batch, int head, int first, int rows, long to) {
    long row = (long) dim * HALF;
    long source = from.address(batch, head, first);
    products.copy(source, from.distance(), to, row, rows, row / 64);
    long rest = (up(rows, STRIP) - rows) * row;
    if (rest > 0) {
      memory.asSlice(to - base + rows * row, rest).fill((byte) 0);
    }
  }

  /** Works out the mixed values of one batch and key head. */
  void forward(int unit) {
    int batch = unit / task.keyHeads();
    int keyHead = unit % task.keyHeads();
    read(task.key(), batch, keyHead, 0, task.keys(), keyRows);
    read(task.value(), batch, keyHead, 0, task.keys(), valueRows);
    products.pairsAcross(keyRows, dim, keyFactor, keys);
    products.pairsDown(valueRows, dim, valueDown, keys);
    int first = keyHead * task.groups();
    for (int head = first; head < first + task.groups(); head++) {
      for (int at = 0; at < task.queries(); at += QUERIES) {
        forward(batch, head, at);
      }
    }
  }

  private void forward(int batch, int head, int at) {
    int rows = Math.min(QUERIES, task.queries() - at);
    int tiles = up(rows, STRIP) / ProductCode.ROWS;
    read(task.query(), batch, head, at, rows, queryRows);
    fill(largest, up(rows, STRIP), NOTHING);
    fill(sums, up(rows, STRIP), 0);
    int low = low(at);
    for (int from = low; from < high(at, rows); from += KEYS) {
      int width = Math.min(KEYS, up(high(at, rows), STRIP) - from);
      long strip = (long) dim / 2 * LINE;
      products.multiply(
          new Bfloat16Products.Left(queryRows, (long) dim * HALF, FULL),
          new Bfloat16Products.Right(keyFactor + from / STRIP * strip, strip),
          new Bfloat16Products.Result(scores, (long) KEYS * FULL, false),
          tiles,
          width / STRIP,
          dim / 2);
      hideKeys(batch, at, rows, from, width);
      call.softmax(
          scores,
          (long) KEYS * FULL,
          weights,
          (long) KEYS * HALF,
          8L * tiles,
          width / STRIP,
          task.scale(),
          largest,
          sums,
          factors);
      if (from > low) {
        call.scale(mixed, (long) dim * FULL, 8L * tiles, dim / 16, factors);
      }
      products.multiply(
          new Bfloat16Products.Left(weights, (long) KEYS * HALF, FULL),
          new Bfloat16Products.Right(valueDown + (long) from / 2 * LINE, (long) keys / 2 * LINE),
          new Bfloat16Products.Result(mixed, (long) dim * FULL, from > low),
          tiles,
          dim / STRIP,
          width / 2);
    }
    int number = (batch * task.keyHeads() * task.groups() + head) * task.queries() + at;
    for (int i = 0; i < rows; i++) {
      float sum = get(sums, i);
      task.normalisers()[number + i] =
          sum == 0 ? Float.POSITIVE_INFINITY : get(largest, i) + (float) Math.log(sum);
      set(factors, i, sum == 0 ? 0 : 1 / sum);
    }
    var to = task.mixed();
    call.finish(
        mixed,
        (long) dim * FULL,
        to.address(batch, head, at),
        to.distance(),
        rows,
        dim / STRIP,
        factors,
        FULL);
  }

  private float get(long at, int i) {
    return memory.get(FLOAT, at - base + (long) i * FULL);
  }

  private void set(long at, int i, float number) {
    memory.set(FLOAT, at - base + (long) i * FULL, number);
  }

  private int position(int query) {
    return query + task.keys() - task.queries();
  }

  /** The first key that a block of queries sees, or one a little before it. */
  private int low(int at) {
    return (int) task.mask().firstKey(position(at)) / STRIP * STRIP;
  }

  /** The key after the last one that it sees. */
  private int high(int at, int rows) {
    return task.mask().causal() ? position(at) + rows : task.keys();
  }

  /** The first of the keys from {@code from} on that a query sees, and the one after the last. */
  private int first(int query, int from, int width) {
    return Math.clamp(task.mask().firstKey(position(query)) - from, 0, width);
  }

  private int end(int query, int from, int width) {
    int end = task.mask().causal() ? position(query) + 1 : task.keys();
    return Math.clamp(end - from, 0, width);
  }

  /** Minus infinity for what a query does not see: queries in rows. */
  private void hideKeys(int batch, int at, int rows, int from, int width) {
    for (int i = 0; i < rows; i++) {
      long row = scores + (long) i * KEYS * FULL;
      int first = first(at + i, from, width);
      int end = end(at + i, from, width);
      hide(row, 0, first);
      hide(row, end, width);
      if (task.documents().length > 0) {
        for (int j = first; j < end; j++) {
          if (differ(batch, at + i, from + j)) {
            hide(row, j, j + 1);
          }
        }
      }
    }
  }

  private boolean differ(int batch, int query, int key) {
    int numbers = batch * task.keys();
    return task.documents()[numbers + position(query)] != task.documents()[numbers + key];
  }

  private void hide(long row, int from, int to) {
    if (to > from) {
      long bytes = (long) (to - from) * FULL;
      MemorySegment.copy(memory, hidden - base, memory, row - base + (long) from * FULL, bytes);
    }
  }

  /** Works out the gradients of one batch and key head. */
  final class Backward {
    private final AttentionKernel.Slopes slopes;
    private final long slopeRows = take((long) QUERIES * dim * HALF);
    private final long queryAcross = take((long) QUERIES * dim * HALF);
    private final long queryDown = take((long) QUERIES * dim * HALF);
    private final long slopeAcross = take((long) QUERIES * dim * HALF);
    private final long slopeDown = take((long) QUERIES * dim * HALF);
    private final long weightSlopes = take((long) KEYS * QUERIES * FULL);
    private final long scoreSlopes = take((long) KEYS * QUERIES * HALF);
    private final long scorePairs = take((long) KEYS * QUERIES * HALF);
    private final long keySlope = take((long) keys * dim * FULL);
    private final long valueSlope = take((long) keys * dim * FULL);
    private final long normalisers = take((long) QUERIES * FULL);
    private final long means = take((long) QUERIES * FULL);

    Backward(AttentionKernel.Slopes slopes) {
      this.slopes = slopes;
      set(one, 0, 1);
    }

    void run(int unit) {
      int batch = unit / task.keyHeads();
      int keyHead = unit % task.keyHeads();
      read(task.key(), batch, keyHead, 0, task.keys(), keyRows);
      read(task.value(), batch, keyHead, 0, task.keys(), valueRows);
      products.pairsDown(keyRows, dim, keyFactor, keys);
      memory.asSlice(keySlope - base, (long) keys * dim * FULL).fill((byte) 0);
      memory.asSlice(valueSlope - base, (long) keys * dim * FULL).fill((byte) 0);
      int first = keyHead * task.groups();
      for (int head = first; head < first + task.groups(); head++) {
        for (int at = 0; at < task.queries(); at += QUERIES) {
          run(batch, head, at);
        }
      }
      write(keySlope, task.scale(), slopes.key(), batch, keyHead, 0, task.keys());
      write(valueSlope, 1, slopes.value(), batch, keyHead, 0, task.keys());
    }

    private void write(
        long from, float factor, Strided to, int batch, int head, int first, int rows) {
      set(one, 0, factor);
      call.finish(
          from,
          (long) dim * FULL,
          to.address(batch, head, first),
          to.distance(),
          rows,
          dim / STRIP,
          one,
          0);
    }

    private void run(int batch, int head, int at) {
      int rows = Math.min(QUERIES, task.queries() - at);
      int wide = up(rows, STRIP);
      read(task.query(), batch, head, at, rows, queryRows);
      read(slopes.mixed(), batch, head, at, rows, slopeRows);
      products.pairsAcross(queryRows, dim, queryAcross, wide);
      products.pairsDown(queryRows, dim, queryDown, wide);
      products.pairsAcross(slopeRows, dim, slopeAcross, wide);
      products.pairsDown(slopeRows, dim, slopeDown, wide);
      ofQueries(batch, head, at, rows, wide);
      int low = low(at);
      for (int from = low; from < high(at, rows); from += KEYS) {
        int width = Math.min(KEYS, up(high(at, rows), STRIP) - from);
        score(keyRows, queryAcross, scores, from, width, wide);
        score(valueRows, slopeAcross, weightSlopes, from, width, wide);
        hideQueries(batch, at, rows, from, width);
        call.slopes(
            new AttentionCalls.Scores(scores, weightSlopes, (long) QUERIES * FULL),
            new AttentionCalls.Weights(weights, scoreSlopes, (long) QUERIES * HALF),
            scorePairs,
            (long) QUERIES * FULL,
            width / 2,
            wide / STRIP,
            normalisers,
            means,
            task.scale());
        gather(weights, slopeDown, valueSlope, from, width, wide);
        gather(scoreSlopes, queryDown, keySlope, from, width, wide);
        products.multiply(
            new Bfloat16Products.Left(scorePairs, FULL, (long) QUERIES * FULL),
            new Bfloat16Products.Right(keyFactor + (long) from / 2 * LINE, (long) keys / 2 * LINE),
            new Bfloat16Products.Result(mixed, (long) dim * FULL, from > low),
            wide / ProductCode.ROWS,
            dim / STRIP,
            width / 2);
      }
      write(mixed, task.scale(), slopes.query(), batch, head, at, rows);
    }

    /** The normaliser of each query, and the mean of the gradients of its weights. */
    private void ofQueries(int batch, int head, int at, int rows, int wide) {
      var to = task.mixed();
      call.dots(
          slopeRows,
          (long) dim * HALF,
          to.address(batch, head, at),
          to.distance(),
          rows,
          dim / STRIP,
          means);
      int number = (batch * task.keyHeads() * task.groups() + head) * task.queries() + at;
      for (int i = 0; i < wide; i++) {
        set(normalisers, i, i < rows ? task.normalisers()[number + i] : -NOTHING);
        if (i >= rows) {
          set(means, i, 0);
        }
      }
    }

    /** Transposed scores: keys in rows. */
    private void score(long rows, long across, long to, int from, int width, int wide) {
      products.multiply(
          new Bfloat16Products.Left(rows + (long) from * dim * HALF, (long) dim * HALF, FULL),
          new Bfloat16Products.Right(across, (long) dim / 2 * LINE),
          new Bfloat16Products.Result(to, (long) QUERIES * FULL, false),
          width / ProductCode.ROWS,
          wide / STRIP,
          dim / 2);
    }

    /** {@code to += weights x}, for the keys of a block. */
    private void gather(long left, long down, long to, int from, int width, int wide) {
      products.multiply(
          new Bfloat16Products.Left(left, (long) QUERIES * HALF, FULL),
          new Bfloat16Products.Right(down, (long) wide / 2 * LINE),
          new Bfloat16Products.Result(to + (long) from * dim * FULL, (long) dim * FULL, true),
          width / ProductCode.ROWS,
          dim / STRIP,
          wide / 2);
    }

    /** Minus infinity for what a query does not see: keys in rows. */
    private void hideQueries(int batch, int at, int rows, int from, int width) {
      var mask = task.mask();
      int offset = task.keys() - task.queries();
      for (int j = 0; j < width; j++) {
        long row = scores + (long) j * QUERIES * FULL;
        int key = from + j;
        if (key >= task.keys()) {
          hide(row, 0, QUERIES);
          continue;
        }
        int first = mask.causal() ? Math.clamp(key - offset - at, 0, rows) : 0;
        int end = mask.window() == 0 ? rows : Math.clamp(first(key) - at, 0, rows);
        hide(row, 0, first);
        hide(row, end, rows);
        if (task.documents().length > 0) {
          for (int i = first; i < end; i++) {
            if (differ(batch, at + i, key)) {
              hide(row, i, i + 1);
            }
          }
        }
      }
    }

    /** The first query that no longer sees a key for its window. */
    private int first(int key) {
      return key + task.mask().window() - (task.keys() - task.queries());
    }
  }
}
