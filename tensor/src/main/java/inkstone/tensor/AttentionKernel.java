package inkstone.tensor;

import static inkstone.tensor.Products.COLUMNS;
import static inkstone.tensor.Products.ROWS;
import static inkstone.tensor.Products.up;

import java.util.Arrays;

/**
 * Attention of one key head at a time, on one thread, in blocks of queries whose scores stay in the
 * cache (Dao et al., 2022, algorithms 1 and 4, with blocks of rows only). Each instance has the
 * memory that it works in.
 */
final class AttentionKernel {

  /** Scores of one block: 128 KiB. */
  private static final int SCORES = 1 << 15;

  private static final int MOST_ROWS = 64;

  /**
   * What to work on: queries and mixed values [batch, heads, queries, dim], keys and values [batch,
   * key heads, keys, dim].
   *
   * @param normalisers the logarithm of the sum of e^score of each query, which forward writes
   * @param documents the document of each key, [batch, keys]; empty where all are of one
   */
  record Task(
      Strided query,
      Strided key,
      Strided value,
      Strided mixed,
      float[] normalisers,
      int keyHeads,
      int groups,
      int queries,
      int keys,
      AttentionMask mask,
      long[] documents) {

    int dim() {
      return query.dim();
    }

    float scale() {
      return (float) (1 / Math.sqrt(dim()));
    }
  }

  /** The gradient of the mixed values, and where to put the others. */
  record Slopes(Strided mixed, Strided query, Strided key, Strided value) {}

  private final Task task;
  private final int dim;
  private final int wide; // dim, filled up with zeros
  private final int most; // rows of a block
  private final float[] plain;
  private final float[] queryRows;
  private final float[] queryLeft;
  private final float[] keyAcross; // transposed, as the right factor
  private final float[] valueDown; // as the right factor
  private final float[] scores;
  private final float[] scoresLeft;
  private final float[] result;
  private final float[] sums;

  AttentionKernel(Task task) {
    this.task = task;
    dim = task.dim();
    wide = up(dim, COLUMNS);
    int keys = up(task.keys(), COLUMNS);
    most = Math.clamp(SCORES / Math.max(1, keys) / ROWS * ROWS, 2 * ROWS, MOST_ROWS);
    plain = new float[Math.max(keys, most) * wide];
    queryRows = new float[most * wide];
    queryLeft = new float[most * dim];
    keyAcross = new float[keys * dim];
    valueDown = new float[keys * wide];
    scores = new float[most * keys];
    scoresLeft = new float[most * keys];
    result = new float[most * wide];
    sums = new float[most];
  }

  /**
   * Queries {@code at} to {@code at + rows} of a head, and the keys from {@code low} on they see.
   */
  private record Block(int batch, int head, int at, int rows, int low, int seen) {
    int width() {
      return up(seen, COLUMNS);
    }
  }

  private Block block(int batch, int head, int at) {
    int rows = Math.min(most, task.queries - at);
    int position = at + task.keys - task.queries;
    int high = task.mask.causal() ? position + rows : task.keys;
    int low = (int) task.mask.firstKey(position) / COLUMNS * COLUMNS;
    return new Block(batch, head, at, rows, low, high - low);
  }

  /** Works out the mixed values of one batch and key head. */
  void forward(int unit) {
    int batch = unit / task.keyHeads;
    int keyHead = unit % task.keyHeads;
    task.key.read(batch, keyHead, 0, task.keys, plain, wide);
    Products.rightOfTransposed(plain, wide, task.keys, dim, keyAcross);
    task.value.read(batch, keyHead, 0, task.keys, plain, wide);
    Products.right(plain, wide, wide, task.keys, valueDown, task.keys * COLUMNS);
    for (int head = keyHead * task.groups; head < (keyHead + 1) * task.groups; head++) {
      for (int at = 0; at < task.queries; at += most) {
        forward(block(batch, head, at));
      }
    }
  }

  private void forward(Block block) {
    score(block);
    int width = block.width();
    for (int i = 0; i < block.rows; i++) {
      task.normalisers[number(block) + i] = Rows.softmaxParts(scores, i * width, width, sums, i);
    }
    Products.left(scores, width, block.rows, block.seen, scoresLeft);
    Products.multiply(
        up(block.rows, ROWS),
        wide,
        block.seen,
        scoresLeft,
        valueDown,
        block.low * COLUMNS,
        task.keys * COLUMNS,
        result,
        0,
        wide,
        false);
    for (int i = 0; i < block.rows; i++) {
      Rows.scale(result, i * wide, wide, 1 / sums[i]);
    }
    task.mixed.write(block.batch, block.head, block.at, block.rows, result, wide);
  }

  private int number(Block block) {
    int head = block.batch * task.keyHeads * task.groups + block.head;
    return head * task.queries + block.at;
  }

  /** The scores of a block, minus infinity where a key is hidden. */
  private void score(Block block) {
    task.query.read(block.batch, block.head, block.at, block.rows, queryRows, wide);
    Rows.scale(queryRows, 0, block.rows * wide, task.scale());
    Products.left(queryRows, wide, block.rows, dim, queryLeft);
    int width = block.width();
    Products.multiply(
        up(block.rows, ROWS),
        width,
        dim,
        queryLeft,
        keyAcross,
        block.low * dim,
        dim * COLUMNS,
        scores,
        0,
        width,
        false);
    for (int i = 0; i < block.rows; i++) {
      hide(block, i, i * width);
    }
  }

  private void hide(Block block, int row, int from) {
    int position = block.at + row + task.keys - task.queries;
    int first = (int) task.mask.firstKey(position) - block.low;
    int end = task.mask.causal() ? position + 1 - block.low : block.seen;
    Arrays.fill(scores, from, from + Math.max(0, first), Float.NEGATIVE_INFINITY);
    Arrays.fill(scores, from + end, from + block.width(), Float.NEGATIVE_INFINITY);
    if (task.documents.length > 0) {
      int numbers = block.batch * task.keys;
      for (int j = 0; j < block.seen; j++) {
        if (task.documents[numbers + block.low + j] != task.documents[numbers + position]) {
          scores[from + j] = Float.NEGATIVE_INFINITY;
        }
      }
    }
  }

  /** Works out the gradients of one batch and key head. */
  final class Backward {
    private final Slopes slopes;
    private final float[] keyDown = new float[valueDown.length];
    private final float[] valueAcross = new float[keyAcross.length];
    private final float[] keySlope = new float[valueDown.length];
    private final float[] valueSlope = new float[valueDown.length];
    private final float[] mixedSlope = new float[most * wide];
    private final float[] mixedLeft = new float[most * dim];
    private final float[] right = new float[most * wide];
    private final float[] scoreSlope = new float[scores.length];

    Backward(Slopes slopes) {
      this.slopes = slopes;
    }

    void run(int unit) {
      int batch = unit / task.keyHeads;
      int keyHead = unit % task.keyHeads;
      task.key.read(batch, keyHead, 0, task.keys, plain, wide);
      Products.rightOfTransposed(plain, wide, task.keys, dim, keyAcross);
      Products.right(plain, wide, wide, task.keys, keyDown, task.keys * COLUMNS);
      task.value.read(batch, keyHead, 0, task.keys, plain, wide);
      Products.rightOfTransposed(plain, wide, task.keys, dim, valueAcross);
      Arrays.fill(keySlope, 0);
      Arrays.fill(valueSlope, 0);
      for (int head = keyHead * task.groups; head < (keyHead + 1) * task.groups; head++) {
        for (int at = 0; at < task.queries; at += most) {
          run(block(batch, head, at));
        }
      }
      slopes.key.write(batch, keyHead, 0, task.keys, keySlope, wide);
      slopes.value.write(batch, keyHead, 0, task.keys, valueSlope, wide);
    }

    private void run(Block block) {
      score(block);
      int width = block.width();
      int rows = up(block.rows, ROWS);
      int keys = up(block.seen, ROWS);
      for (int i = 0; i < block.rows; i++) {
        Rows.exponentials(scores, i * width, width, task.normalisers[number(block) + i]);
      }
      slopes.mixed.read(block.batch, block.head, block.at, block.rows, mixedSlope, wide);
      Products.left(mixedSlope, wide, block.rows, dim, mixedLeft);
      Products.multiply(
          rows,
          width,
          dim,
          mixedLeft,
          valueAcross,
          block.low * dim,
          dim * COLUMNS,
          scoreSlope,
          0,
          width,
          false);
      gather(block, scores, keys, mixedSlope, valueSlope);

      task.mixed.read(block.batch, block.head, block.at, block.rows, plain, wide);
      for (int i = 0; i < block.rows; i++) {
        float mean = Rows.dot(plain, mixedSlope, i * wide, wide);
        Rows.weigh(scores, scoreSlope, i * width, width, mean);
      }
      gather(block, scoreSlope, keys, queryRows, keySlope);

      Products.left(scoreSlope, width, block.rows, block.seen, scoresLeft);
      Products.multiply(
          rows,
          wide,
          block.seen,
          scoresLeft,
          keyDown,
          block.low * COLUMNS,
          task.keys * COLUMNS,
          result,
          0,
          wide,
          false);
      Rows.scale(result, 0, block.rows * wide, task.scale());
      slopes.query.write(block.batch, block.head, block.at, block.rows, result, wide);
    }

    /** {@code to += weights^T x}, for the keys that the block sees. */
    private void gather(Block block, float[] weights, int keys, float[] x, float[] to) {
      Products.leftOfTransposed(weights, block.width(), keys, block.rows, scoresLeft);
      Products.right(x, wide, wide, block.rows, right, block.rows * COLUMNS);
      Products.multiply(
          keys,
          wide,
          block.rows,
          scoresLeft,
          right,
          0,
          block.rows * COLUMNS,
          to,
          block.low * wide,
          wide,
          true);
    }
  }
}
