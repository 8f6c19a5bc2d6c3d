package inkstone.model;

import java.util.List;

/** What an {@link Encoder} makes of the last hidden states. */
public sealed interface EncoderHead {

  /** The number of logits; 0 where there are none. */
  default int outputs() {
    return labels().size();
  }

  /** The names of the logits, in order; empty where they have none. */
  default List<String> labels() {
    return List.of();
  }

  /**
   * Hidden states alone.
   *
   * @param pooled whether a layer for the first token is there that no output uses, as in {@code
   *     BertModel}
   */
  record None(boolean pooled) implements EncoderHead {}

  /** The token at each place: logits [rows, vocabulary] (Devlin et al., 2019, section 3.1). */
  record MaskedLanguage() implements EncoderHead {}

  /** A label of a whole text or pair, from its first token: logits [sequences, labels]. */
  record Classification(List<String> labels) implements EncoderHead {
    /** Copies and checks the labels. */
    public Classification {
      labels = checked(labels);
    }
  }

  /** A label of each token: logits [tokens, labels]. */
  record TokenLabels(List<String> labels) implements EncoderHead {
    /** Copies and checks the labels. */
    public TokenLabels {
      labels = checked(labels);
    }
  }

  /** Where an answer begins and where it ends: logits [tokens, 2]. */
  record Answers() implements EncoderHead {
    @Override
    public int outputs() {
      return 2;
    }
  }

  private static List<String> checked(List<String> labels) {
    if (labels.isEmpty() || labels.stream().distinct().count() != labels.size()) {
      throw new ModelException("labels must be different and not none, but are " + labels);
    }
    return List.copyOf(labels);
  }
}
