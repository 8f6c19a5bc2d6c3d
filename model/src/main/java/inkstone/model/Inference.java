package inkstone.model;

import inkstone.tensor.Gradients;
import inkstone.tensor.Scope;
import inkstone.tensor.Tensor;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.function.Function;
import java.util.stream.IntStream;

/** Rows of numbers for many sequences, some at a time. */
final class Inference {

  /** Tokens of one forward: enough for products to be fast, few enough for a cache. */
  private static final int TOKENS = 2048;

  private Inference() {}

  /**
   * One row for each sequence, in order.
   *
   * @param network gives [sequences, numbers]
   */
  static List<float[]> rows(
      Encoder encoder, List<Sequence> sequences, Function<EncoderBatch, Tensor> network) {
    var rows = new float[sequences.size()][];
    // Those of one length are attended to at once.
    var order =
        IntStream.range(0, rows.length)
            .boxed()
            .sorted(Comparator.comparingInt(i -> sequences.get(i).ids().length))
            .toList();
    int at = 0;
    while (at < rows.length) {
      var some = new ArrayList<Integer>();
      int tokens = 0;
      while (at < rows.length && (some.isEmpty() || tokens < TOKENS)) {
        tokens += sequences.get(order.get(at)).ids().length;
        some.add(order.get(at++));
      }
      try (var scope = Scope.open();
          var off = Gradients.off()) {
        var batch =
            EncoderBatch.of(some.stream().map(sequences::get).toList(), 0, encoder.device());
        var result = network.apply(batch);
        for (int i = 0; i < some.size(); i++) {
          rows[some.get(i)] = result.select(0, i).toFloats();
        }
      }
    }
    return List.of(rows);
  }
}
