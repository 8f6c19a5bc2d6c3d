package inkstone.bench;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.MappedByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.util.Arrays;

/**
 * The log-probabilities that llama.cpp's {@code llama-perplexity} saves ({@code
 * --kl-divergence-base}): those after each token of the second half of every chunk of a text, but
 * for the last. A number is kept in 16 bits, as its place between the row's largest and the least
 * that counts, 16 below.
 *
 * @param context tokens of a chunk
 * @param vocabulary numbers of a row
 * @param chunks how many there are
 * @param content the whole file
 */
record SavedLogits(int context, int vocabulary, int chunks, MappedByteBuffer content) {

  private static final byte[] BEGIN = "_logits_".getBytes(java.nio.charset.StandardCharsets.UTF_8);
  private static final int TOKENS = BEGIN.length + 3 * Integer.BYTES;
  private static final float DEPTH = 16;
  private static final int STEPS = 65_535;

  /** What a row begins with, in numbers of 16 bits: the size of a step, and the least number. */
  private static final int HEAD = 4;

  /**
   * Maps a file.
   *
   * @throws BenchException if it is none, or cut
   */
  static SavedLogits open(Path file) {
    try (var channel = FileChannel.open(file)) {
      var content = channel.map(FileChannel.MapMode.READ_ONLY, 0, channel.size());
      content.order(ByteOrder.LITTLE_ENDIAN);
      var begin = new byte[BEGIN.length];
      if (content.remaining() < TOKENS || !Arrays.equals(BEGIN, read(content, begin))) {
        throw new BenchException(file + " holds no log-probabilities of llama-perplexity");
      }
      int context = content.getInt();
      int vocabulary = content.getInt();
      int chunks = content.getInt();
      var saved = new SavedLogits(context, vocabulary, chunks, content);
      if (context < 4
          || vocabulary < 1
          || chunks < 1
          || saved.start() + (long) chunks * saved.rows() * saved.rowBytes() != content.limit()) {
        throw new BenchException(
            "%s: %d bytes are not %d chunks of %d tokens, %d numbers each"
                .formatted(file, content.limit(), chunks, context, vocabulary));
      }
      return saved;
    } catch (IOException e) {
      throw new UncheckedIOException(file + " cannot be read", e);
    }
  }

  private static byte[] read(ByteBuffer content, byte[] into) {
    content.get(into);
    return into;
  }

  /** Behind the tokens. */
  private long start() {
    return TOKENS + (long) Integer.BYTES * context * chunks;
  }

  private long rowBytes() {
    return Short.BYTES * (2L * ((vocabulary + 1) / 2) + HEAD);
  }

  /** The token of a chunk after which its first row comes. */
  int first() {
    return context / 2;
  }

  /** Rows of a chunk. */
  int rows() {
    return context - 1 - first();
  }

  /** The tokens of one chunk. */
  int[] chunk(int number) {
    var tokens = new int[context];
    content
        .slice(TOKENS + number * context * Integer.BYTES, context * Integer.BYTES)
        .order(ByteOrder.LITTLE_ENDIAN)
        .asIntBuffer()
        .get(tokens);
    return tokens;
  }

  /** One row's log-probabilities, in natural logarithms. */
  float[] row(int chunk, int row) {
    int at = Math.toIntExact(start() + ((long) chunk * rows() + row) * rowBytes());
    float step = content.getFloat(at);
    float least = content.getFloat(at + Float.BYTES);
    var logprobs = new float[vocabulary];
    int numbers = at + HEAD * Short.BYTES;
    for (int i = 0; i < vocabulary; i++) {
      logprobs[i] = step * Short.toUnsignedInt(content.getShort(numbers + i * Short.BYTES)) + least;
    }
    return logprobs;
  }

  /** The log-probabilities of one row of logits, as exact as a saved row has them. */
  static float[] rounded(float[] logits) {
    float most = Float.NEGATIVE_INFINITY;
    float least = Float.POSITIVE_INFINITY;
    for (float logit : logits) {
      most = Math.max(most, logit);
      least = Math.min(least, logit);
    }
    least = Math.max(least, most - DEPTH);
    double sum = 0;
    for (float logit : logits) {
      sum += Math.exp(logit - most);
    }
    float shift = (float) (least - most - Math.log(sum));
    float step = (most - least) / STEPS;
    var logprobs = new float[logits.length];
    for (int i = 0; i < logits.length; i++) {
      int place = step > 0 ? Math.max(0, Math.round((logits[i] - least) / step)) : 0;
      logprobs[i] = step * place + shift;
    }
    return logprobs;
  }
}
