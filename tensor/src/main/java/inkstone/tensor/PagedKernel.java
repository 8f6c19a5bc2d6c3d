package inkstone.tensor;

import static inkstone.tensor.KvPage.STRIP;
import static inkstone.tensor.KvPage.TOKENS;
import static inkstone.tensor.Products.ROWS;
import static inkstone.tensor.Products.up;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.IntConsumer;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorOperators;
import org.bytedeco.pytorch.Tensor;

/**
 * Attention over pages: page by page, with a softmax whose largest score may still grow (Dao et
 * al., 2022, algorithm 1). All query heads of a key head, and all new tokens of a block, share the
 * reading of a page. Where there are few queries over many keys, several parts of the keys are gone
 * through at once and put together at the end (Dao et al., 2023, "Flash-Decoding"); how they are
 * parted hangs on the lengths alone, so that the same numbers come out with any number of threads.
 */
final class PagedKernel {

  /** Rows of a block: its scores of a page and its mixed values stay in the first cache. */
  private static final int MOST_ROWS = 64;

  /** Pages of a part. */
  private static final int PART = 8;

  /** Multiplications below which a second thread costs more than it saves. */
  private static final long SMALL = 1 << 15;

  private static final int LANES = Lanes.COUNT;

  /**
   * What to work on.
   *
   * @param query of all new tokens
   * @param mixed [tokens, heads, dim]
   * @param keyHeads heads of the pages
   * @param groups query heads to each
   */
  private record Task(
      HeadRows query,
      Numbers mixed,
      List<PagedSpan> spans,
      int[] firsts,
      int layer,
      int keyHeads,
      int groups,
      AttentionMask mask,
      float cap) {

    int dim() {
      return query.dim();
    }

    KvPage.Shape shape() {
      return spans.getFirst().pages().getFirst().shape();
    }
  }

  /** Some tokens of a span, of one key head, over the pages {@code low} to {@code high}. */
  private record Unit(int span, int head, int at, int tokens, int low, int high, Result result) {}

  /** What a unit comes to. Written by one thread, read when all have ended. */
  private static final class Result {
    private final boolean whole;
    private float[] mixed = {};
    private float[] tops = {};
    private float[] sums = {};

    Result(boolean whole) {
      this.whole = whole;
    }
  }

  private final Task task;
  private final int dim;
  private final int wide;
  private final PageReader reader;
  private final float[] block;
  private final float[] row;
  private float[] queryRows = {};
  private float[] queryLeft = {};
  private float[] scores = {};
  private float[] scoresLeft = {};
  private float[] mixed = {};
  private float[] tops = {};
  private float[] sums = {};
  private final float[] scales = new float[TOKENS];

  private PagedKernel(Task task) {
    this.task = task;
    dim = task.dim();
    wide = task.shape().wide();
    reader = new PageReader(task.shape().type(), TOKENS * wide);
    block = new float[TOKENS * wide];
    row = new float[dim];
  }

  /** Fills {@code result} [tokens, heads * dim]. */
  static void attend(
      HeadRows query,
      int heads,
      Tensor result,
      List<PagedSpan> spans,
      int layer,
      AttentionMask mask,
      float cap) {
    var firsts = new int[spans.size()];
    for (int i = 1; i < firsts.length; i++) {
      firsts[i] = firsts[i - 1] + spans.get(i - 1).length();
    }
    int keyHeads = spans.getFirst().pages().getFirst().shape().heads();
    var task =
        new Task(
            query, Numbers.of(result), spans, firsts, layer, keyHeads, heads / keyHeads, mask, cap);
    var units = units(task);
    long work =
        units.stream().mapToLong(u -> (long) u.tokens * (u.high - u.low)).sum()
            * task.groups
            * TOKENS
            * task.dim();
    if (work < SMALL) {
      var kernel = new PagedKernel(task);
      units.forEach(kernel::run);
    } else {
      Workers.run(
          units.size(),
          () -> {
            var kernel = new PagedKernel(task);
            return (IntConsumer) i -> kernel.run(units.get(i));
          });
    }
    join(task, units);
  }

  private static List<Unit> units(Task task) {
    var units = new ArrayList<Unit>();
    int most = Math.max(1, MOST_ROWS / task.groups);
    for (int s = 0; s < task.spans.size(); s++) {
      var span = task.spans.get(s);
      for (int at = 0; at < span.length(); at += most) {
        int tokens = Math.min(most, span.length() - at);
        int first = span.start() + at;
        int low = (int) task.mask.firstKey(first) / TOKENS;
        int high = up(task.mask.causal() ? first + tokens : span.end(), TOKENS) / TOKENS;
        boolean whole = span.length() > most || high - low <= PART;
        for (int head = 0; head < task.keyHeads; head++) {
          for (int from = low; from < high; from += whole ? high - low : PART) {
            int to = whole ? high : Math.min(high, from + PART);
            units.add(new Unit(s, head, at, tokens, from, to, new Result(whole)));
          }
        }
      }
    }
    return units;
  }

  private void run(Unit unit) {
    int rows = unit.tokens * task.groups;
    room(up(rows, ROWS));
    read(unit);
    Products.left(queryRows, dim, rows, dim, queryLeft);
    var pages = task.spans.get(unit.span).pages();
    for (int page = unit.low; page < unit.high; page++) {
      add(unit, rows, pages.get(page), page * TOKENS);
    }
    if (unit.result.whole) {
      write(task, unit, mixed, sums, row);
    } else {
      unit.result.mixed = Arrays.copyOf(mixed, rows * wide);
      unit.result.tops = Arrays.copyOf(tops, rows);
      unit.result.sums = Arrays.copyOf(sums, rows);
    }
  }

  private void room(int rows) {
    if (tops.length < rows) {
      queryRows = new float[rows * dim];
      queryLeft = new float[rows * dim];
      scores = new float[rows * TOKENS];
      scoresLeft = new float[rows * TOKENS];
      mixed = new float[rows * wide];
      tops = new float[rows];
      sums = new float[rows];
    }
    Arrays.fill(mixed, 0);
    Arrays.fill(tops, Float.NEGATIVE_INFINITY);
    Arrays.fill(sums, 0);
  }

  /** The queries, times 1 / sqrt(dim): for each token the heads that share the key head. */
  private void read(Unit unit) {
    float scale = (float) (1 / Math.sqrt(dim));
    int first = task.firsts[unit.span] + unit.at;
    for (int t = 0; t < unit.tokens; t++) {
      for (int g = 0; g < task.groups; g++) {
        int to = (t * task.groups + g) * dim;
        task.query.read(first + t, unit.head * task.groups + g, queryRows, to);
        for (int i = to; i < to + dim; i++) {
          queryRows[i] *= scale;
        }
      }
    }
  }

  /** Takes in the keys and values of one page, whose first token is at position {@code base}. */
  private void add(Unit unit, int rows, KvPage page, int base) {
    int count = Math.min(TOKENS, task.spans.get(unit.span).end() - base);
    boolean bytes = page.shape().type() == KvType.INT8;
    reader.read(page.keyMemory(), page.keysAt(task.layer, unit.head), block, TOKENS * dim);
    Products.multiply(
        up(rows, ROWS), TOKENS, dim, queryLeft, block, 0, dim * STRIP, scores, 0, TOKENS, false);
    if (bytes) {
      weigh(page, true, unit.head, rows);
    }
    if (task.cap > 0) {
      cap(rows);
    }
    for (int i = 0; i < rows; i++) {
      hide(unit, i, base, count);
      soften(i);
    }
    if (bytes) {
      weigh(page, false, unit.head, rows);
    }
    // No more than count: what lies behind may be anything, and 0 times it too.
    Products.left(scores, TOKENS, rows, count, scoresLeft);
    reader.read(page.valueMemory(), page.valuesAt(task.layer, unit.head), block, TOKENS * wide);
    Products.multiply(
        up(rows, ROWS), wide, count, scoresLeft, block, 0, TOKENS * STRIP, mixed, 0, wide, true);
  }

  /** Multiplies the column of each token by its factor. */
  private void weigh(KvPage page, boolean keys, int head, int rows) {
    MemorySegment.copy(
        page.scaleMemory(),
        ValueLayout.JAVA_FLOAT,
        page.scalesAt(keys, task.layer, head) * Float.BYTES,
        scales,
        0,
        TOKENS);
    for (int i = 0; i < rows * TOKENS; i += TOKENS) {
      for (int j = 0; j < TOKENS; j += LANES) {
        FloatVector.fromArray(Lanes.SPECIES, scores, i + j)
            .mul(FloatVector.fromArray(Lanes.SPECIES, scales, j))
            .intoArray(scores, i + j);
      }
    }
  }

  /** {@code cap tanh(x / cap)}, with tanh(y) = 1 - 2 / (e^2y + 1). */
  private void cap(int rows) {
    for (int i = 0; i < rows * TOKENS; i += LANES) {
      var x = FloatVector.fromArray(Lanes.SPECIES, scores, i);
      var e = Lanes.exp(x.mul(2 / task.cap)).add(1);
      FloatVector.broadcast(Lanes.SPECIES, 1)
          .sub(FloatVector.broadcast(Lanes.SPECIES, 2).div(e))
          .mul(task.cap)
          .intoArray(scores, i);
    }
  }

  /** Minus infinity for the keys of the page that a row does not see. */
  private void hide(Unit unit, int i, int base, int count) {
    int position = task.spans.get(unit.span).start() + unit.at + i / task.groups;
    int first = (int) Math.clamp(task.mask.firstKey(position) - base, 0, TOKENS);
    int end = task.mask.causal() ? Math.clamp(position + 1 - base, 0, count) : count;
    if (first > 0 || end < TOKENS) {
      int from = i * TOKENS;
      Arrays.fill(scores, from, from + Math.min(first, end), Float.NEGATIVE_INFINITY);
      Arrays.fill(scores, from + end, from + TOKENS, Float.NEGATIVE_INFINITY);
    }
  }

  /** Scores of a row to e^(score - largest so far); what went before is made smaller to fit. */
  private void soften(int i) {
    int from = i * TOKENS;
    var most = FloatVector.fromArray(Lanes.SPECIES, scores, from);
    for (int j = LANES; j < TOKENS; j += LANES) {
      most = most.max(FloatVector.fromArray(Lanes.SPECIES, scores, from + j));
    }
    float largest = most.reduceLanes(VectorOperators.MAX);
    if (largest == Float.NEGATIVE_INFINITY) { // it sees nothing here
      Arrays.fill(scores, from, from + TOKENS, 0);
      return;
    }
    if (largest > tops[i]) {
      float smaller = (float) Math.exp(tops[i] - largest);
      Rows.scale(mixed, i * wide, wide, smaller);
      sums[i] *= smaller;
      tops[i] = largest;
    }
    sums[i] += Rows.exponentials(scores, from, TOKENS, tops[i]);
  }

  private static void write(Task task, Unit unit, float[] mixed, float[] sums, float[] row) {
    int dim = task.dim();
    int wide = task.shape().wide();
    int heads = task.keyHeads * task.groups;
    for (int i = 0; i < unit.tokens * task.groups; i++) {
      for (int j = 0; j < dim; j++) {
        row[j] = mixed[i * wide + j] / sums[i];
      }
      long token = task.firsts[unit.span] + unit.at + i / task.groups;
      int head = unit.head * task.groups + i % task.groups;
      task.mixed.write(row, 0, (token * heads + head) * dim, dim);
    }
  }

  /** Puts the parts of the same queries together, in order. */
  private static void join(Task task, List<Unit> units) {
    var row = new float[task.dim()];
    int wide = task.shape().wide();
    for (int first = 0, next; first < units.size(); first = next) {
      var unit = units.get(first);
      next = first + 1;
      if (unit.result.whole) {
        continue;
      }
      var sum = unit.result;
      for (; next < units.size() && isPartOf(units.get(next), unit); next++) {
        var other = units.get(next).result;
        for (int i = 0; i < sum.tops.length; i++) {
          float top = Math.max(sum.tops[i], other.tops[i]);
          if (top == Float.NEGATIVE_INFINITY) {
            continue; // it has seen nothing yet
          }
          float a = (float) Math.exp(sum.tops[i] - top);
          float b = (float) Math.exp(other.tops[i] - top);
          sum.tops[i] = top;
          sum.sums[i] = a * sum.sums[i] + b * other.sums[i];
          for (int j = i * wide; j < (i + 1) * wide; j++) {
            sum.mixed[j] = a * sum.mixed[j] + b * other.mixed[j];
          }
        }
      }
      write(task, unit, sum.mixed, sum.sums, row);
    }
  }

  private static boolean isPartOf(Unit other, Unit unit) {
    return other.span == unit.span && other.head == unit.head && other.at == unit.at;
  }
}
