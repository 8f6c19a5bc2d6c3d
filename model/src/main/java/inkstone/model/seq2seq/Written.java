package inkstone.model.seq2seq;

import inkstone.tensor.Scope;
import inkstone.tensor.Tensor;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;

/**
 * What a decoder keeps of the texts that it writes: the keys and values of what was read, made
 * once, and those of every token written so far. All texts have one length.
 */
public final class Written implements AutoCloseable {

  private final int[] sourceLengths;
  private final List<Tensor> seen; // of each layer, [source tokens, 2 width]
  private final List<Tensor> own = new ArrayList<>(); // of each layer, [texts, tokens, 2 width]
  private int[] sources; // of each text, which source it is of, in rising order
  private int length;

  private Written(int[] sourceLengths, List<Tensor> seen) {
    this.sourceLengths = sourceLengths;
    this.seen = seen;
    sources = IntStream.range(0, sourceLengths.length).toArray();
  }

  static Written begin(Packed source, Tensor read, List<CrossAttention> layers) {
    try (read) {
      return new Written(
          source.lengths().clone(),
          layers.stream().map(layer -> Scope.keep(Scope.of(() -> layer.seen(read)))).toList());
    }
  }

  /** The number of tokens of each text. */
  public int length() {
    return length;
  }

  /** Which texts are gone on with; those of one source must stay neighbours. */
  void continueFrom(int... parents) {
    sources = Arrays.stream(parents).map(parent -> sources[parent]).toArray();
    if (own.isEmpty()) {
      return;
    }
    try (var scope = Scope.open()) {
      var order = Tensor.of(parents, parents.length).to(seen.getFirst().device());
      own.replaceAll(
          old -> {
            var kept = Scope.keep(old.indexSelect(0, order));
            old.close();
            return kept;
          });
    }
  }

  Tensor step(DecoderBlock block, int layer, Tensor x) {
    int texts = sources.length;
    var ones = new int[texts];
    Arrays.fill(ones, 1);
    var lengths = new int[texts];
    Arrays.fill(lengths, length + 1);
    return Scope.of(
        () ->
            block.step(
                x, news -> add(layer, news), lengths, ones, seen.get(layer), used(), queries()));
  }

  /** The lengths of the sources; each still has a text. */
  private int[] used() {
    return sourceLengths;
  }

  /** How many texts each source has. */
  private int[] queries() {
    var counts = new int[sourceLengths.length];
    for (int source : sources) {
      counts[source]++;
    }
    return counts;
  }

  private Tensor add(int layer, Tensor news) {
    var added = news.unsqueeze(1);
    if (layer == own.size()) {
      own.add(Scope.keep(added.copy()));
    } else {
      var old = own.get(layer);
      own.set(layer, Scope.keep(Tensor.concat(1, List.of(old, added))));
      old.close();
    }
    return own.get(layer).reshape(-1, news.size(1));
  }

  void advance() {
    length++;
  }

  /** Frees what was kept. */
  @Override
  public void close() {
    seen.forEach(Tensor::close);
    own.forEach(Tensor::close);
    own.clear();
  }
}
