package inkstone.bench;

import inkstone.model.seq2seq.Seq2SeqConfig;
import java.util.List;
import java.util.stream.Stream;

/**
 * An encoder and a decoder that are trained, and their batch.
 *
 * @param word how it is asked for
 * @param layers of each side
 * @param tokens the most of a batch, of sources and of targets each
 */
public record TranslationSize(
    String word, int layers, int heads, int width, int hidden, int vocabulary, int tokens) {

  /** For tests. */
  public static final TranslationSize TINY = new TranslationSize("tiny", 1, 2, 32, 48, 65, 64);

  /** The Transformer-Tiny of Multi30k (Wu et al., 2021). */
  public static final TranslationSize MULTI30K =
      new TranslationSize("multi30k", 4, 4, 128, 256, 10000, 4096);

  /** The paper's base model (Vaswani et al., 2017, table 3) with a vocabulary of 32,000. */
  public static final TranslationSize BASE =
      new TranslationSize("base", 6, 8, 512, 2048, 32000, 4096);

  private static final double DROPOUT = 0.3;
  private static final double SMOOTHING = 0.1;
  private static final int POSITIONS = 256;

  /**
   * The size of a name.
   *
   * @throws BenchException where there is none
   */
  public static TranslationSize of(String word) {
    return Stream.of(TINY, MULTI30K, BASE)
        .filter(size -> size.word.equals(word))
        .findFirst()
        .orElseThrow(
            () ->
                new BenchException("--size %s is unknown; give multi30k or base".formatted(word)));
  }

  /** The network. */
  public Seq2SeqConfig config() {
    int padding = vocabulary - 1;
    var ids = new Seq2SeqConfig.Ids(padding, 0, padding);
    return Seq2SeqConfig.of(vocabulary, POSITIONS, width, layers, heads, hidden, ids);
  }

  double dropout() {
    return DROPOUT;
  }

  double smoothing() {
    return SMOOTHING;
  }

  /** The options of the workers of both sides. */
  List<String> words(int threads, long seed) {
    return List.of(
        "--size", word,
        "--layers", Integer.toString(layers),
        "--heads", Integer.toString(heads),
        "--width", Integer.toString(width),
        "--hidden", Integer.toString(hidden),
        "--vocabulary", Integer.toString(vocabulary),
        "--tokens", Integer.toString(tokens),
        "--dropout", Double.toString(DROPOUT),
        "--smoothing", Double.toString(SMOOTHING),
        "--threads", Integer.toString(threads),
        "--seed", Long.toString(seed));
  }

  @Override
  public String toString() {
    return word;
  }
}
