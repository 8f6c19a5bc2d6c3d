package inkstone.generate;

import inkstone.generate.BeamSearch.Continuation;
import inkstone.model.seq2seq.Packed;
import inkstone.model.seq2seq.Seq2Seq;
import inkstone.model.seq2seq.Written;
import inkstone.tensor.Functions;
import inkstone.tensor.Scope;
import java.util.ArrayList;
import java.util.List;

/** The steps of a network that has read a text. */
final class WritingSteps implements BeamSearch.Steps, AutoCloseable {

  private final Seq2Seq network;
  private final Written written;
  private final List<Integer> barred;

  /** Reads one text; tokens that are barred have no probability, which nobody else gets. */
  WritingSteps(Seq2Seq network, int[] source, List<Integer> barred) {
    this.network = network;
    this.barred = barred;
    written = network.begin(Packed.of(List.of(source)));
  }

  @Override
  public List<float[]> next(List<Continuation> texts) {
    boolean begins = written.length() == 0;
    var parents = texts.stream().mapToInt(each -> begins ? 0 : each.parent()).toArray();
    int start = network.config().ids().start();
    var ids = texts.stream().mapToInt(each -> begins ? start : each.token()).toArray();
    try (var scope = Scope.open()) {
      var logprobs = Functions.logSoftmax(network.step(written, parents, ids));
      var rows = new ArrayList<float[]>();
      for (int i = 0; i < ids.length; i++) {
        var row = logprobs.select(0, i).toFloats();
        barred.forEach(id -> row[id] = Float.NEGATIVE_INFINITY);
        rows.add(row);
      }
      return rows;
    }
  }

  @Override
  public void close() {
    written.close();
  }
}
