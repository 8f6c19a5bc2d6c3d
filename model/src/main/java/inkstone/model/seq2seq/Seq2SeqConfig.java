package inkstone.model.seq2seq;

import inkstone.model.ModelException;

/**
 * The shape of an encoder and a decoder that share one vocabulary and its embedding.
 *
 * @param vocabulary number of tokens
 * @param positions the most tokens of a text
 * @param width of the residual streams
 * @param norms where the norms of a block stand
 * @param scaled whether embeddings are multiplied by {@code sqrt(width)} (Vaswani et al., 2017,
 *     section 3.4)
 * @param normEpsilon added to the variance
 */
public record Seq2SeqConfig(
    int vocabulary,
    int positions,
    int width,
    Stack encoder,
    Stack decoder,
    Activation activation,
    Norms norms,
    boolean scaled,
    double normEpsilon,
    Ids ids) {

  /** The blocks of one side. */
  public record Stack(int layers, int heads, int hidden) {}

  /**
   * The tokens that say where a text begins and ends.
   *
   * @param start what the decoder is given first
   * @param end the last one of every text
   * @param padding never written
   */
  public record Ids(int start, int end, int padding) {}

  /** What the feed-forward networks bend by. */
  public enum Activation {
    /** As in the paper. */
    RELU,
    /** {@code x sigmoid(x)}, as Marian's published models have it; {@code swish} in files. */
    SILU,
    /** {@code x Phi(x)}. */
    GELU
  }

  /** Where norms stand. */
  public enum Norms {
    /** After each sum, as in the paper: {@code norm(x + f(x))}. */
    POST,
    /**
     * Before each part, and once at the end of each side: {@code x + f(norm(x))} (Xiong et al.,
     * 2020).
     */
    PRE
  }

  /** Refuses a shape that cannot be. */
  public Seq2SeqConfig {
    check(vocabulary > 0 && positions > 0 && width > 0, "all sizes must be 1 or more");
    check(width % 2 == 0, "a width of " + width + " is odd; positions need an even one");
    for (var side : new Stack[] {encoder, decoder}) {
      check(
          side.layers() > 0 && side.heads() > 0 && side.hidden() > 0,
          "layers, heads and hidden must be 1 or more");
      check(
          width % side.heads() == 0,
          "a width of %d does not part into %d heads".formatted(width, side.heads()));
    }
    for (int id : new int[] {ids.start(), ids.end(), ids.padding()}) {
      check(
          id >= 0 && id < vocabulary,
          "token %d is not in the vocabulary of %d".formatted(id, vocabulary));
    }
  }

  private static void check(boolean holds, String otherwise) {
    if (!holds) {
      throw new ModelException(otherwise);
    }
  }

  /** The paper's choices: both sides alike, norms after, ReLU, scaled embeddings. */
  public static Seq2SeqConfig of(
      int vocabulary, int positions, int width, int layers, int heads, int hidden, Ids ids) {
    var side = new Stack(layers, heads, hidden);
    return new Seq2SeqConfig(
        vocabulary, positions, width, side, side, Activation.RELU, Norms.POST, true, 1e-5, ids);
  }

  /** The same with the norms at another place. */
  public Seq2SeqConfig norms(Norms place) {
    return new Seq2SeqConfig(
        vocabulary,
        positions,
        width,
        encoder,
        decoder,
        activation,
        place,
        scaled,
        normEpsilon,
        ids);
  }

  /** The number of weights. */
  public long parameters() {
    return Seq2SeqLayout.of(this).values().stream()
        .mapToLong(shape -> shape.length == 1 ? shape[0] : shape[0] * shape[1])
        .sum();
  }

  /** Floating-point operations of training on one target token and one source token. */
  public double trainingFlopsPerToken() {
    double w = width;
    double reading = encoder.layers() * (4 * w * w + 2 * w * encoder.hidden());
    double writing = decoder.layers() * (8 * w * w + 2 * w * decoder.hidden());
    return 6 * (reading + writing + (double) vocabulary * w);
  }
}
