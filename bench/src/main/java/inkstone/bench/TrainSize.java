package inkstone.bench;

import inkstone.model.DecoderConfig;
import inkstone.model.Family;

/** The networks that are trained: GPT-2 without biases and dropout, output head tied. */
public enum TrainSize {
  /** For tests. */
  TINY("tiny", 1, 2, 16, 65, 16, 2),
  /** Characters, as nanoGPT's example on a GPU. */
  M10("10m", 6, 6, 384, 65, 256, 32),
  /** GPT-2, its vocabulary filled up to a multiple of 64. */
  M124("124m", 12, 12, 768, 50304, 1024, 4),
  /** GPT-2 medium, likewise. */
  M350("350m", 24, 16, 1024, 50304, 1024, 2);

  private final String word;
  private final DecoderConfig config;
  private final int sequences;

  TrainSize(
      String word, int layers, int heads, int width, int vocabulary, int context, int sequences) {
    this.word = word;
    this.sequences = sequences;
    var usual = DecoderConfig.gpt2(vocabulary, context, width, layers, heads);
    config =
        new DecoderConfig(
            Family.GPT2,
            vocabulary,
            context,
            width,
            layers,
            heads,
            heads,
            usual.headDim(),
            usual.hidden(),
            false,
            true,
            usual.normEpsilon(),
            usual.rotaryBase());
  }

  /** The size of a name; {@link BenchException} where there is none. */
  public static TrainSize of(String word) {
    for (var size : values()) {
      if (size.word.equals(word)) {
        return size;
      }
    }
    throw new BenchException("--size " + word + " is unknown; give 10m, 124m or 350m");
  }

  /** The network. */
  public DecoderConfig config() {
    return config;
  }

  /** The sequences of a batch, each as long as the context. */
  public int sequences() {
    return sequences;
  }

  /** The tokens of a step. */
  public int tokens() {
    return sequences * config.context();
  }

  /**
   * Floating-point operations of a step: 6 for each token and weight of a matrix, output head
   * included, and {@code 6 x layers x context x width} a token for causal attention.
   */
  public double flops() {
    return config.trainingFlopsPerToken(config.context()) * tokens();
  }

  @Override
  public String toString() {
    return word;
  }
}
