package inkstone.model;

import inkstone.tensor.Functions;
import inkstone.text.Tokenizer;
import java.nio.file.Path;
import java.util.List;

/**
 * Says which label a text has.
 *
 * <pre>{@code
 * try (var classifier = TextClassifier.open(Path.of("runs/sst2/model"))) {
 *   System.out.println(classifier.classify("a charming journey").best());
 * }
 * }</pre>
 *
 * @param encoder with a head for classification; freed with this
 */
public record TextClassifier(Encoder encoder, Sequences sequences) implements AutoCloseable {

  /**
   * The probabilities of one text.
   *
   * @param labels in the encoder's order
   * @param probabilities of each, 1 together
   */
  public record Scores(List<String> labels, List<Double> probabilities) {

    /** The number of the most probable label. */
    public int place() {
      int best = 0;
      for (int i = 1; i < probabilities.size(); i++) {
        best = probabilities.get(i) > probabilities.get(best) ? i : best;
      }
      return best;
    }

    /** The most probable label. */
    public String best() {
      return labels.get(place());
    }

    /** Its probability. */
    public double probability() {
      return probabilities.get(place());
    }
  }

  /** Checks that there is a head for it. */
  public TextClassifier {
    if (!(encoder.config().head() instanceof EncoderHead.Classification)) {
      throw new ModelException(
          "the encoder has no head for classification, but %s; fine-tune it first"
              .formatted(encoder.config().head()));
    }
  }

  /**
   * Opens a Hugging Face directory.
   *
   * @throws ModelException if it is no classifier
   */
  public static TextClassifier open(Path directory) {
    var tokenizer = Tokenizer.open(directory);
    var encoder = EncoderDirectory.open(directory);
    try {
      return new TextClassifier(encoder, new Sequences(tokenizer, encoder.config().context()));
    } catch (ModelException e) {
      encoder.close();
      throw new ModelException(directory + ": " + e.getMessage(), e);
    }
  }

  /** Of one text. */
  public Scores classify(String text) {
    return classifyAll(List.of(sequences.of(text))).getFirst();
  }

  /** Of many, in order. */
  public List<Scores> classifyAll(List<Sequence> all) {
    var labels = encoder.config().head().labels();
    return Inference.rows(encoder, all, batch -> Functions.softmax(encoder.forward(batch))).stream()
        .map(row -> new Scores(labels, doubles(row)))
        .toList();
  }

  private static List<Double> doubles(float[] row) {
    return java.util.stream.IntStream.range(0, row.length).mapToObj(i -> (double) row[i]).toList();
  }

  @Override
  public void close() {
    encoder.close();
  }
}
