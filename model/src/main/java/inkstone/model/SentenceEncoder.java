package inkstone.model;

import inkstone.text.Tokenizer;
import java.nio.file.Path;
import java.util.List;

/**
 * Texts as rows of numbers, near each other where the texts mean something alike (Reimers and
 * Gurevych, 2019).
 *
 * @param encoder freed with this
 * @param pooling how hidden states become one row
 */
public record SentenceEncoder(Encoder encoder, Sequences sequences, SentencePooling pooling)
    implements AutoCloseable {

  /** Opens a directory of sentence-transformers, or any encoder's. */
  public static SentenceEncoder open(Path directory) {
    var pooling = SentencePooling.read(directory);
    return open(directory, pooling);
  }

  /** The same with a pooling of the caller's choice. */
  public static SentenceEncoder open(Path directory, SentencePooling pooling) {
    var tokenizer = Tokenizer.open(directory);
    var encoder = EncoderDirectory.open(directory);
    int context = encoder.config().context();
    int longest = pooling.longest() == 0 ? context : Math.min(context, pooling.longest());
    try {
      return new SentenceEncoder(encoder, new Sequences(tokenizer, longest), pooling);
    } catch (ModelException e) {
      encoder.close();
      throw new ModelException(directory + ": " + e.getMessage(), e);
    }
  }

  /** Of one text, as many numbers as the encoder is wide. */
  public float[] embed(String text) {
    return embedAll(List.of(text)).getFirst();
  }

  /** Of many, in order. */
  public List<float[]> embedAll(List<String> texts) {
    var all = texts.stream().map(sequences::of).toList();
    var rows = Inference.rows(encoder, all, batch -> encoder.pooled(batch, pooling.pooling()));
    if (pooling.normalised()) {
      rows.forEach(SentenceEncoder::normalise);
    }
    return rows;
  }

  /** To length 1; a row of zeros stays as it is. */
  private static void normalise(float[] row) {
    double sum = 0;
    for (float x : row) {
      sum += (double) x * x;
    }
    double length = Math.max(Math.sqrt(sum), 1e-12);
    for (int i = 0; i < row.length; i++) {
      row[i] = (float) (row[i] / length);
    }
  }

  @Override
  public void close() {
    encoder.close();
  }
}
