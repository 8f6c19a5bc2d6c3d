package inkstone.model;

/**
 * The shape of a decoder-only Transformer. Two styles are covered: that of GPT-2 (Radford et al.,
 * 2019: learned positions, LayerNorm, GELU, biases) and that of Llama (Touvron et al., 2023: rotary
 * positions, RMSNorm, SwiGLU, grouped-query attention).
 *
 * @param family which Hugging Face layout the model is saved in, and with it the style
 * @param vocabulary the number of token ids
 * @param context the longest sequence, in tokens
 * @param width the size of the residual stream ({@code hidden_size})
 * @param layers the number of blocks
 * @param heads query heads; {@code heads * headDim} is the width of the queries
 * @param keyValueHeads key and value heads, a divisor of {@code heads}
 * @param headDim the size of one head, even where positions are rotary
 * @param hidden the width of the feed-forward layer ({@code intermediate_size})
 * @param bias whether projections and LayerNorms have biases
 * @param tied whether the output head is the token embedding
 * @param normEpsilon what a norm adds under its root
 * @param rotaryBase the base of the rotary angles (Su et al., 2021, formula 15)
 */
public record DecoderConfig(
    Family family,
    int vocabulary,
    int context,
    int width,
    int layers,
    int heads,
    int keyValueHeads,
    int headDim,
    int hidden,
    boolean bias,
    boolean tied,
    double normEpsilon,
    double rotaryBase) {

  /** Refuses sizes that cannot work together. */
  public DecoderConfig {
    positive("vocabulary", vocabulary);
    positive("context", context);
    positive("width", width);
    positive("layers", layers);
    positive("heads", heads);
    positive("keyValueHeads", keyValueHeads);
    positive("headDim", headDim);
    positive("hidden", hidden);
    if (heads % keyValueHeads != 0) {
      throw new ModelException(
          "heads: %d query heads cannot share %d key and value heads; give a divisor of %d"
              .formatted(heads, keyValueHeads, heads));
    }
    if (family == Family.LLAMA && headDim % 2 != 0) {
      throw new ModelException(
          "headDim: " + headDim + " is odd; rotary positions turn pairs of numbers");
    }
    if (family == Family.LLAMA && bias) {
      throw new ModelException("bias: Llama has none; give false");
    }
    if (!(normEpsilon >= 0 && normEpsilon < 1)) {
      throw new ModelException("normEpsilon: " + normEpsilon + " is not in [0, 1)");
    }
    if (!(rotaryBase > 0) || Double.isInfinite(rotaryBase)) {
      throw new ModelException("rotaryBase: " + rotaryBase + " is not a positive number");
    }
    if (family == Family.GPT2 && heads != keyValueHeads) {
      throw new ModelException(
          "keyValueHeads: GPT-2 has as many as query heads, %d, not %d"
              .formatted(heads, keyValueHeads));
    }
    if (family == Family.GPT2 && (long) heads * headDim != width) {
      throw new ModelException(
          "heads: GPT-2 splits its width evenly, %d does not divide by %d heads"
              .formatted(width, heads));
    }
  }

  /** The same without biases. */
  public DecoderConfig withoutBias() {
    return new DecoderConfig(
        family,
        vocabulary,
        context,
        width,
        layers,
        heads,
        keyValueHeads,
        headDim,
        hidden,
        false,
        tied,
        normEpsilon,
        rotaryBase);
  }

  /**
   * The shape that GPT-2 has at these sizes: biases, tied output head, four times as wide inside.
   */
  public static DecoderConfig gpt2(int vocabulary, int context, int width, int layers, int heads) {
    return new DecoderConfig(
        Family.GPT2,
        vocabulary,
        context,
        width,
        layers,
        heads,
        heads,
        divide(width, heads),
        4 * width,
        true,
        true,
        1e-5,
        10_000);
  }

  /**
   * The shape that Llama has at these sizes: SwiGLU of 8/3 of the width, rounded up to a multiple
   * of 32, as many key and value heads as query heads, tied output head.
   */
  public static DecoderConfig llama(int vocabulary, int context, int width, int layers, int heads) {
    int hidden = (8 * width / 3 + 31) / 32 * 32;
    return new DecoderConfig(
        Family.LLAMA,
        vocabulary,
        context,
        width,
        layers,
        heads,
        heads,
        divide(width, heads),
        hidden,
        false,
        true,
        1e-5,
        10_000);
  }

  /** The number of weights, each tied one counted once. */
  public long parameters() {
    long attention =
        (long) width * headDim * (heads + 2L * keyValueHeads) + (long) heads * headDim * width;
    long feedForward = (family == Family.LLAMA ? 3L : 2L) * width * hidden;
    long norms = 2L * width;
    long biases =
        bias
            ? (long) headDim * (heads + 2L * keyValueHeads) + width + hidden + width + 2L * width
            : 0;
    long embeddings =
        (tied ? 1L : 2L) * vocabulary * width
            + (family == Family.GPT2 ? (long) context * width : 0);
    return layers * (attention + feedForward + norms + biases)
        + embeddings
        + (bias ? 2L : 1L) * width;
  }

  /** The weights that every token is multiplied with: all matrices and the output head. */
  public long matmulParameters() {
    long attention =
        (long) width * headDim * (heads + 2L * keyValueHeads) + (long) heads * headDim * width;
    long feedForward = (family == Family.LLAMA ? 3L : 2L) * width * hidden;
    return layers * (attention + feedForward) + (long) vocabulary * width;
  }

  /**
   * Floating-point operations of one training step's forward and backward for each token: 6 for
   * each weight of {@link #matmulParameters}, and {@code 6 x layers x length x width} for causal
   * attention (Kaplan et al., 2020, table 1, halved for causality).
   */
  public double trainingFlopsPerToken(int length) {
    return 6.0 * matmulParameters() + 6.0 * layers * length * heads * headDim;
  }

  private static int divide(int width, int heads) {
    if (heads < 1 || width % heads != 0) {
      throw new ModelException("heads: a width of " + width + " does not divide by " + heads);
    }
    return width / heads;
  }

  private static void positive(String name, int value) {
    if (value < 1) {
      throw new ModelException(name + ": " + value + " is not a size; give 1 or more");
    }
  }
}
