package inkstone.tensor;

import inkstone.tensor.PackedAttention.Packing;
import java.util.Arrays;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorSpecies;

/**
 * Attention of one short sequence at a time, all its heads, on one thread. Keys lie across, so that
 * one vector holds a query's scores of many keys and nothing is summed over lanes.
 */
final class PackedKernel {

  private static final VectorSpecies<Float> SPECIES = Lanes.SPECIES;
  private static final int LANES = Lanes.COUNT;

  /**
   * What to work on.
   *
   * @param self whether queries, keys and values lie side by side in one tensor
   * @param width of the queries of all heads
   */
  record Task(Packing packing, boolean self, int width) {

    int dim() {
      return width / packing.heads();
    }

    /** Numbers of a row that holds queries. */
    int queryRow() {
      return self ? 3 * width : width;
    }

    /** Numbers of a row that holds keys and values. */
    int keyRow() {
      return self ? 3 * width : 2 * width;
    }

    int keyAt() {
      return self ? width : 0;
    }
  }

  /** Whether heads of this size part into whole vectors. */
  static boolean fits(long dim) {
    return dim > 0 && dim % LANES == 0;
  }

  private final Task task;
  private final int dim;
  private final float scale;
  private final float[] q;
  private final float[] kv;
  private final float[] mixed;
  private final float[] across; // [dim, keys]: keys
  private final float[] valuesAcross;
  private final float[] weights;
  private final float[] slopes;
  private final float[] sum = new float[1];

  PackedKernel(Task task) {
    this.task = task;
    dim = task.dim();
    scale = (float) (1 / Math.sqrt(dim));
    int queries = task.packing().mostQueries();
    int keys = task.packing().mostKeys();
    q = new float[queries * task.queryRow()];
    kv = task.self() ? q : new float[keys * task.keyRow()];
    mixed = new float[queries * task.width()];
    across = new float[wide(keys) * dim];
    valuesAcross = new float[across.length];
    weights = new float[wide(keys)];
    slopes = new float[wide(keys)];
  }

  private static int wide(int keys) {
    return (keys + LANES - 1) / LANES * LANES;
  }

  private static FloatVector at(float[] x, int i) {
    return FloatVector.fromArray(SPECIES, x, i);
  }

  private void read(int sequence, Numbers from, Numbers seen) {
    var packing = task.packing();
    int row = task.queryRow();
    from.read((long) packing.firstQuery(sequence) * row, q, 0, packing.queries()[sequence] * row);
    if (!task.self()) {
      int keyRow = task.keyRow();
      int keys = packing.keys()[sequence];
      seen.read((long) packing.firstKey(sequence) * keyRow, kv, 0, keys * keyRow);
    }
  }

  /** A head's part of the rows, transposed and filled up with zeros: [dim, wide(keys)]. */
  private void across(int keys, int offset, float[] to) {
    int wide = wide(keys);
    for (int d = 0; d < dim; d++) {
      int row = d * wide;
      for (int j = 0; j < keys; j++) {
        to[row + j] = kv[j * task.keyRow() + offset + d];
      }
      Arrays.fill(to, row + keys, row + wide, 0);
    }
  }

  /** {@code to[j] = scale x . column j}. */
  private void products(float[] x, int from, float factor, float[] columns, int wide, float[] to) {
    for (int j = 0; j < wide; j += LANES) {
      var even = FloatVector.zero(SPECIES);
      var odd = FloatVector.zero(SPECIES);
      for (int d = 0; d < dim; d += 2) {
        even = at(columns, d * wide + j).fma(FloatVector.broadcast(SPECIES, x[from + d]), even);
        odd =
            at(columns, (d + 1) * wide + j)
                .fma(FloatVector.broadcast(SPECIES, x[from + d + 1]), odd);
      }
      even.add(odd).mul(factor).intoArray(to, j);
    }
  }

  /** The attention weights of one query; gives how many keys it sees. */
  private int weigh(int sequence, int query, int from) {
    int keys = task.packing().keys()[sequence];
    int wide = wide(keys);
    products(q, from, scale, across, wide, weights);
    int seen =
        task.packing().causal() ? query + 1 + keys - task.packing().queries()[sequence] : keys;
    Arrays.fill(weights, seen, wide, Float.NEGATIVE_INFINITY);
    var unused = Rows.softmaxParts(weights, 0, wide, sum, 0);
    Rows.scale(weights, 0, wide, 1 / sum[0]);
    return seen;
  }

  void forward(int sequence, Numbers from, Numbers seen, Numbers to) {
    read(sequence, from, seen);
    int queries = task.packing().queries()[sequence];
    int keys = task.packing().keys()[sequence];
    int width = task.width();
    for (int head = 0; head < task.packing().heads(); head++) {
      int key = task.keyAt() + head * dim;
      across(keys, key, across);
      for (int i = 0; i < queries; i++) {
        int visible = weigh(sequence, i, i * task.queryRow() + head * dim);
        gather(weights, visible, key + width, mixed, i * width + head * dim);
      }
    }
    to.write(mixed, 0, (long) task.packing().firstQuery(sequence) * width, queries * width);
  }

  /** {@code to = sum over j of factor[j] row[j]}, a head's part of the rows of keys or values. */
  private void gather(float[] factors, int count, int offset, float[] to, int at) {
    for (int d = 0; d < dim; d += LANES) {
      var total = FloatVector.zero(SPECIES);
      for (int j = 0; j < count; j++) {
        total =
            at(kv, j * task.keyRow() + offset + d)
                .fma(FloatVector.broadcast(SPECIES, factors[j]), total);
      }
      total.intoArray(to, at + d);
    }
  }

  void backward(
      int sequence, Numbers from, Numbers seen, Numbers given, Numbers toQueries, Numbers toKeys) {
    read(sequence, from, seen);
    var packing = task.packing();
    int queries = packing.queries()[sequence];
    int keys = packing.keys()[sequence];
    int width = task.width();
    given.read((long) packing.firstQuery(sequence) * width, mixed, 0, queries * width);
    var dq = new float[queries * task.queryRow()];
    var dkv = task.self() ? dq : new float[keys * task.keyRow()];
    for (int head = 0; head < packing.heads(); head++) {
      int key = task.keyAt() + head * dim;
      across(keys, key, across);
      across(keys, key + width, valuesAcross);
      for (int i = 0; i < queries; i++) {
        int query = i * task.queryRow() + head * dim;
        int slope = i * width + head * dim;
        int visible = weigh(sequence, i, query);
        int wide = wide(keys);
        products(mixed, slope, 1, valuesAcross, wide, slopes);
        spread(weights, visible, mixed, slope, dkv, key + width);
        Rows.weigh(weights, slopes, 0, wide, Rows.dot(weights, slopes, 0, wide));
        Rows.scale(slopes, 0, wide, scale);
        gather(slopes, visible, key, dq, query);
        spread(slopes, visible, q, query, dkv, key);
      }
    }
    int row = task.queryRow();
    toQueries.write(dq, 0, (long) packing.firstQuery(sequence) * row, queries * row);
    if (!task.self()) {
      int keyRow = task.keyRow();
      toKeys.write(dkv, 0, (long) packing.firstKey(sequence) * keyRow, keys * keyRow);
    }
  }

  /** {@code row[j] += factor[j] x}, a head's part of the rows. */
  private void spread(float[] factors, int count, float[] x, int from, float[] to, int offset) {
    for (int d = 0; d < dim; d += LANES) {
      var v = at(x, from + d);
      for (int j = 0; j < count; j++) {
        int place = j * task.keyRow() + offset + d;
        v.fma(FloatVector.broadcast(SPECIES, factors[j]), at(to, place)).intoArray(to, place);
      }
    }
  }
}
