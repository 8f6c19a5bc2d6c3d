package inkstone.model;

import inkstone.model.DecoderStyle.Norms;
import java.util.Optional;

/**
 * What Hugging Face calls the norms of a block by where they stand: {@code
 * post_attention_layernorm} is before the feed-forward network where norms are before alone.
 */
record NormNames(
    Optional<String> beforeAttention,
    Optional<String> afterAttention,
    Optional<String> beforeFeedForward,
    Optional<String> afterFeedForward) {

  private static final Optional<String> NONE = Optional.empty();
  private static final Optional<String> INPUT = Optional.of("input_layernorm");
  private static final Optional<String> AFTER_ATTENTION = Optional.of("post_attention_layernorm");

  static NormNames of(Norms.Place place) {
    return switch (place) {
      case BEFORE -> new NormNames(INPUT, NONE, AFTER_ATTENTION, NONE);
      case AFTER ->
          new NormNames(NONE, AFTER_ATTENTION, NONE, Optional.of("post_feedforward_layernorm"));
      case AROUND ->
          new NormNames(
              INPUT,
              AFTER_ATTENTION,
              Optional.of("pre_feedforward_layernorm"),
              Optional.of("post_feedforward_layernorm"));
    };
  }
}
