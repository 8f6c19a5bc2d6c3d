package inkstone.model;

/**
 * The shape of an encoder.
 *
 * @param family whose files it is read from and written as
 * @param vocabulary number of token ids
 * @param context the longest sequence, the tokens around a text among them
 * @param types how many kinds of token (first and second text) there are; 0 for a family without
 * @param width of the hidden states
 * @param hidden width inside the feed-forward networks
 * @param activation of the feed-forward networks
 * @param normEpsilon of the layer norms
 * @param padding the id that fills up a batch elsewhere; RoBERTa counts its positions from behind
 *     it
 * @param tied whether the head for masked tokens uses the token embedding
 * @param head what comes after the last layer
 */
public record EncoderConfig(
    EncoderFamily family,
    int vocabulary,
    int context,
    int types,
    int width,
    int layers,
    int heads,
    int hidden,
    EncoderActivation activation,
    double normEpsilon,
    int padding,
    boolean tied,
    EncoderHead head) {

  /** Checks that the sizes make a network. */
  public EncoderConfig {
    positive("vocabulary", vocabulary);
    positive("context", context);
    positive("width", width);
    positive("layers", layers);
    positive("heads", heads);
    positive("hidden", hidden);
    if (width % heads != 0) {
      throw new ModelException("a width of %d does not part into %d heads".formatted(width, heads));
    }
    if (types < 0 || padding < 0 || padding >= vocabulary || !(normEpsilon > 0)) {
      throw new ModelException(
          "encoder: %d token types, padding %d or a norm epsilon of %s cannot be"
              .formatted(types, padding, normEpsilon));
    }
  }

  /** BERT's parts: two token types, exact GELU, feed-forward networks four times the width. */
  public static EncoderConfig bert(
      int vocabulary, int context, int width, int layers, int heads, EncoderHead head) {
    return new EncoderConfig(
        EncoderFamily.BERT,
        vocabulary,
        context,
        2,
        width,
        layers,
        heads,
        4 * width,
        EncoderActivation.GELU,
        1e-12,
        0,
        true,
        head);
  }

  /** The same body with another head. */
  public EncoderConfig with(EncoderHead other) {
    return new EncoderConfig(
        family,
        vocabulary,
        context,
        types,
        width,
        layers,
        heads,
        hidden,
        activation,
        normEpsilon,
        padding,
        tied,
        other);
  }

  /** How many rows of the position embedding come before that of the first token. */
  int positionOffset() {
    return family == EncoderFamily.ROBERTA ? padding + 1 : 0;
  }

  /** The number of weights. */
  public long parameters() {
    return EncoderLayout.of(this).values().stream().mapToLong(Layout::count).sum();
  }

  /**
   * Floating-point operations of learning from one token: 6 for each weight of a matrix that it
   * goes through, and attention over {@code length} tokens (Chowdhery et al., 2022, appendix B).
   */
  public double trainingFlopsPerToken(double length) {
    double matrices = layers * (4.0 * width * width + 2.0 * width * hidden);
    return 6 * matrices + 12.0 * layers * width * length;
  }

  private static void positive(String what, int value) {
    if (value < 1) {
      throw new ModelException("%s must be 1 or more, but is %d".formatted(what, value));
    }
  }
}
