package inkstone.model;

import inkstone.tensor.Gradients;
import inkstone.tensor.Scope;
import inkstone.text.Tokenizer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * Says which label each word of a sentence has: that of its first token (Devlin et al., 2019,
 * section 5.3).
 *
 * @param encoder with a head for token labels; freed with this
 */
public record TokenLabeller(Encoder encoder, Sequences sequences) implements AutoCloseable {

  /** Checks that there is a head for it. */
  public TokenLabeller {
    if (!(encoder.config().head() instanceof EncoderHead.TokenLabels)) {
      throw new ModelException(
          "the encoder has no head for token labels, but %s; fine-tune it first"
              .formatted(encoder.config().head()));
    }
  }

  /**
   * Opens a Hugging Face directory.
   *
   * @throws ModelException if its head is another
   */
  public static TokenLabeller open(Path directory) {
    var tokenizer = Tokenizer.open(directory);
    var encoder = EncoderDirectory.open(directory);
    try {
      return new TokenLabeller(encoder, new Sequences(tokenizer, encoder.config().context()));
    } catch (ModelException e) {
      encoder.close();
      throw new ModelException(directory + ": " + e.getMessage(), e);
    }
  }

  /** The label of each word; of those that do not fit the context, none. */
  public List<String> label(List<String> words) {
    var placed = sequences.ofWords(words);
    if (placed.firsts().isEmpty()) {
      return List.of();
    }
    try (var scope = Scope.open();
        var off = Gradients.off()) {
      var batch = EncoderBatch.of(List.of(placed.sequence()), 0, encoder.device());
      var best = encoder.forward(batch.rows(placed.firsts())).argmax(1).toLongs();
      var labels = new ArrayList<String>();
      for (long label : best) {
        labels.add(encoder.config().head().labels().get((int) label));
      }
      return labels;
    }
  }

  @Override
  public void close() {
    encoder.close();
  }
}
