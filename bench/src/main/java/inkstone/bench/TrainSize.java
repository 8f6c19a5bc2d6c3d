package inkstone.bench;

import inkstone.model.DecoderConfig;
import java.util.HashMap;
import java.util.List;

/**
 * A network that is trained, and its batch: a GPT-2 without biases and dropout, output head tied.
 *
 * @param word how it is asked for
 * @param context tokens of a sequence
 * @param sequences the sequences of a batch, each as long as the context
 */
public record TrainSize(
    String word, int layers, int heads, int width, int vocabulary, int context, int sequences) {

  /** For tests. */
  public static final TrainSize TINY = new TrainSize("tiny", 1, 2, 16, 65, 16, 2);

  /** Characters, as nanoGPT's example on a GPU. */
  public static final TrainSize M10 = new TrainSize("10m", 6, 6, 384, 65, 256, 32);

  /** GPT-2, its vocabulary filled up to a multiple of 64. */
  public static final TrainSize M124 = new TrainSize("124m", 12, 12, 768, 50304, 1024, 4);

  /** GPT-2 medium, likewise. */
  public static final TrainSize M350 = new TrainSize("350m", 24, 16, 1024, 50304, 1024, 2);

  private static final String KEYS = "layers, heads, width, vocabulary, context, sequences";

  /**
   * The size of a name, or 10m with other numbers: {@code context=1024,sequences=8}.
   *
   * @throws BenchException where there is none
   */
  public static TrainSize of(String word) {
    for (var size : List.of(TINY, M10, M124, M350)) {
      if (size.word.equals(word)) {
        return size;
      }
    }
    if (!word.contains("=")) {
      throw new BenchException(
          "--size %s is unknown; give 10m, 124m or 350m, or numbers of your own, for example context=1024,sequences=8"
              .formatted(word));
    }
    var given = new HashMap<String, Integer>();
    for (var pair : word.split(",", -1)) {
      var parts = pair.split("=", 2);
      if (parts.length < 2
          || !List.of(KEYS.split(", ")).contains(parts[0])
          || !parts[1].matches("[1-9]\\d{0,6}")) {
        throw new BenchException(
            "--size %s: %s is not one of %s with a number".formatted(word, pair, KEYS));
      }
      given.put(parts[0], Integer.parseInt(parts[1]));
    }
    return new TrainSize(
        word,
        given.getOrDefault("layers", M10.layers),
        given.getOrDefault("heads", M10.heads),
        given.getOrDefault("width", M10.width),
        given.getOrDefault("vocabulary", M10.vocabulary),
        given.getOrDefault("context", M10.context),
        given.getOrDefault("sequences", M10.sequences));
  }

  /** The network. */
  public DecoderConfig config() {
    return DecoderConfig.gpt2(vocabulary, context, width, layers, heads).withoutBias();
  }

  /** The tokens of a step. */
  public int tokens() {
    return sequences * context;
  }

  /**
   * Floating-point operations of a step: 6 for each token and weight of a matrix, output head
   * included, and {@code 6 x layers x context x width} a token for causal attention.
   */
  public double flops() {
    return config().trainingFlopsPerToken(context) * tokens();
  }

  @Override
  public String toString() {
    return word;
  }
}
