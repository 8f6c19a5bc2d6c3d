package inkstone.tensor;

import java.util.ArrayList;
import java.util.Arrays;
import org.bytedeco.pytorch.Tensor;

/**
 * Attention between packed sequences of unequal lengths by {@link PackedKernel}: no padding, and no
 * mask but the causal one. The input of short sequences, as sentences are, fits the cache, so that
 * backward works the scores out again and nothing is kept.
 */
final class PackedAttention extends Operation {

  private final Tensor queries; // [tokens, width], or all three side by side
  private final Tensor keysValues; // [keys, 2 width], or the same tensor
  private final Tensor q;
  private final Tensor kv;
  private final PackedKernel.Task task;

  /** Queries [tokens, width] and keysValues [keys, 2 width]; both [tokens, 3 width] if one. */
  PackedAttention(Tensor queries, Tensor keysValues, Packing packing) {
    this.queries = hold(queries);
    this.keysValues = hold(keysValues);
    boolean self = queries.is_same(keysValues);
    q = hold(queries.detach().contiguous());
    kv = self ? q : hold(keysValues.detach().contiguous());
    int width = Math.toIntExact(self ? q.size(1) / 3 : q.size(1));
    task = new PackedKernel.Task(packing, self, width);
  }

  @Override
  Tensor forward() {
    var mixed = q.new_empty(q.size(0), task.width());
    var from = Numbers.of(q);
    var seen = Numbers.of(kv);
    var to = Numbers.of(mixed);
    Workers.run(
        task.packing().count(),
        () -> {
          var kernel = new PackedKernel(task);
          return sequence -> kernel.forward(sequence, from, seen, to);
        });
    return mixed;
  }

  @Override
  void backward(Tensor gradient) {
    var given = gradient.contiguous();
    var dq = q.new_empty(q.sizes());
    var dkv = task.self() ? dq : kv.new_empty(kv.sizes());
    var from = Numbers.of(q);
    var seen = Numbers.of(kv);
    var slopes = Numbers.of(given);
    var toQueries = Numbers.of(dq);
    var toKeys = Numbers.of(dkv);
    Workers.run(
        task.packing().count(),
        () -> {
          var kernel = new PackedKernel(task);
          return sequence -> kernel.backward(sequence, from, seen, slopes, toQueries, toKeys);
        });
    add(queries, dq);
    if (!task.self()) {
      add(keysValues, dkv);
    }
  }

  /** Sequence by sequence as plain operations: the reference, in any type and on any device. */
  static inkstone.tensor.Tensor composed(
      inkstone.tensor.Tensor queries, inkstone.tensor.Tensor keysValues, Packing packing) {
    return Scope.of(
        () -> {
          boolean self = queries == keysValues;
          long width = self ? queries.size(1) / 3 : queries.size(1);
          var query = self ? queries.narrow(1, 0, width) : queries;
          var key = keysValues.narrow(1, self ? width : 0, width);
          var value = keysValues.narrow(1, self ? 2 * width : width, width);
          var parts = new ArrayList<inkstone.tensor.Tensor>();
          for (int i = 0; i < packing.count(); i++) {
            long heads = packing.heads();
            int from = packing.firstQuery(i);
            int some = packing.queries()[i];
            int first = packing.firstKey(i);
            int keys = packing.keys()[i];
            if (some == 0) {
              continue;
            }
            parts.add(
                AttentionPaths.composed(
                        inHeads(query.narrow(0, from, some), heads),
                        inHeads(key.narrow(0, first, keys), heads),
                        inHeads(value.narrow(0, first, keys), heads),
                        packing.causal() ? AttentionMask.CAUSAL : AttentionMask.NONE,
                        0,
                        0)
                    .transpose(1, 2)
                    .reshape(some, width));
          }
          return inkstone.tensor.Tensor.concat(0, parts);
        });
  }

  /** [tokens, width] to [1, heads, tokens, dim]. */
  private static inkstone.tensor.Tensor inHeads(inkstone.tensor.Tensor x, long heads) {
    return x.reshape(1, x.size(0), heads, -1).transpose(1, 2);
  }

  /**
   * How the packed rows divide into sequences.
   *
   * @param queries the number of each sequence's queries
   * @param keys the number of each sequence's keys
   * @param starts the first query of each, then the first key of each
   */
  record Packing(int heads, int[] queries, int[] keys, int[][] starts, boolean causal) {

    static Packing of(int heads, int[] queries, int[] keys, boolean causal) {
      return new Packing(
          heads,
          queries.clone(),
          keys.clone(),
          new int[][] {starts(queries), starts(keys)},
          causal);
    }

    private static int[] starts(int... lengths) {
      var starts = new int[lengths.length + 1];
      for (int i = 0; i < lengths.length; i++) {
        starts[i + 1] = Math.addExact(starts[i], lengths[i]);
      }
      return starts;
    }

    int count() {
      return queries.length;
    }

    int firstQuery(int sequence) {
      return starts[0][sequence];
    }

    int firstKey(int sequence) {
      return starts[1][sequence];
    }

    int allQueries() {
      return starts[0][count()];
    }

    int allKeys() {
      return starts[1][count()];
    }

    int mostQueries() {
      return Arrays.stream(queries).max().orElse(0);
    }

    int mostKeys() {
      return Arrays.stream(keys).max().orElse(0);
    }

    /** Whether each sequence has what its queries ask for. */
    boolean fits() {
      if (queries.length != keys.length || heads < 1) {
        return false;
      }
      for (int i = 0; i < queries.length; i++) {
        if (queries[i] < 0 || keys[i] < 1 || (causal && queries[i] > keys[i])) {
          return false;
        }
      }
      return true;
    }
  }
}
