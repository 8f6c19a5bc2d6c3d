package inkstone.model;

/**
 * The shape of a decoder-only Transformer: its sizes, and the {@link DecoderStyle style} in which
 * its family differs from others.
 *
 * @param family which Hugging Face layout the model is saved in
 * @param vocabulary the number of token ids
 * @param context the longest sequence, in tokens
 * @param width the size of the residual stream ({@code hidden_size})
 * @param layers the number of blocks
 * @param heads query heads; {@code heads * headDim} is the width of the queries
 * @param keyValueHeads key and value heads, a divisor of {@code heads}
 * @param headDim the size of one head, even where positions are rotary
 * @param hidden the width of the feed-forward layer ({@code intermediate_size})
 * @param tied whether the output head is the token embedding
 * @param normEpsilon what a norm adds under its root
 * @param style everything but sizes
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
    boolean tied,
    double normEpsilon,
    DecoderStyle style) {

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
    if (!(normEpsilon >= 0 && normEpsilon < 1)) {
      throw new ModelException("normEpsilon: " + normEpsilon + " is not in [0, 1)");
    }
    for (var rotary : style.rotaries()) {
      rotary.check(headDim);
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

  /**
   * A shape in the style of GPT-2 or of Llama.
   *
   * @param bias whether projections and LayerNorms have biases
   * @param rotaryBase the base of the rotary angles (Su et al., 2021, formula 15)
   */
  public DecoderConfig(
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
    this(
        family,
        vocabulary,
        context,
        width,
        layers,
        heads,
        keyValueHeads,
        headDim,
        hidden,
        tied,
        normEpsilon,
        usual(family, bias, RotaryConfig.of(rotaryBase)));
  }

  private static DecoderStyle usual(Family family, boolean bias, RotaryConfig rotary) {
    if (family == Family.GPT2) {
      return DecoderStyle.gpt2(bias);
    }
    if (bias) {
      throw new ModelException("bias: Llama has none; give false");
    }
    return DecoderStyle.llama(rotary);
  }

  /** The same in another style. */
  public DecoderConfig style(DecoderStyle other) {
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
        tied,
        normEpsilon,
        other);
  }

  /** The same without biases. */
  public DecoderConfig withoutBias() {
    return style(style.bias(DecoderStyle.Bias.NONE));
  }

  /** Whether there are biases anywhere. */
  public boolean bias() {
    return !style.bias().equals(DecoderStyle.Bias.NONE);
  }

  /** The base of the first block's rotary angles; 10,000, the usual one, where it turns nothing. */
  public double rotaryBase() {
    return style.block(0).rotary().map(RotaryConfig::base).orElse(10_000.0);
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
    return Layout.of(this).values().stream().mapToLong(Layout::count).sum();
  }

  /**
   * The weights that every token is multiplied with: all matrices and the output head, and of
   * experts as many as are chosen.
   */
  public long matmulParameters() {
    return Layout.of(this).entrySet().stream()
        .filter(entry -> entry.getValue().length == 2)
        .mapToLong(entry -> multiplied(entry.getKey(), Layout.count(entry.getValue())))
        .sum();
  }

  private long multiplied(String name, long count) {
    if (name.contains("embed_positions") || (!tied && name.contains("embed_tokens"))) {
      return 0;
    }
    // Of each expert its part in the choice; all experts of a block are of one size.
    return name.contains(".experts.")
        ? style
            .block(Layout.layer(name))
            .experts()
            .map(e -> count * e.chosen() / e.count())
            .orElse(0L)
        : count;
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
