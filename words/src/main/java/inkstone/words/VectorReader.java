package inkstone.words;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.zip.GZIPInputStream;

/**
 * Reads the files of word2vec, also those with {@code .gz}: a line with the number of words and of
 * dimensions, then for each word its letters in UTF-8, a blank and its numbers, as text up to the
 * end of the line, or as floats with the low byte first and perhaps a line end.
 */
final class VectorReader {

  private static final int LONGEST_WORD = 1 << 16;

  private final Path file;
  private final InputStream in;
  private int words;
  private int dimensions;

  private VectorReader(Path file, InputStream in) {
    this.file = file;
    this.in = in;
  }

  static WordVectors read(Path file) {
    if (!Files.isRegularFile(file)) {
      throw new WordsException(file + ": there is no such file of word vectors");
    }
    try (var bytes = open(file)) {
      return new VectorReader(file, bytes).read();
    } catch (IOException e) {
      throw new WordsException(file + " cannot be read: " + e, e);
    }
  }

  private static InputStream open(Path file) throws IOException {
    var bytes = new BufferedInputStream(Files.newInputStream(file), 1 << 20);
    return file.toString().endsWith(".gz")
        ? new BufferedInputStream(new GZIPInputStream(bytes, 1 << 16), 1 << 20)
        : bytes;
  }

  private WordVectors read() throws IOException {
    var header = until('\n', 64).strip();
    if (!header.matches("[1-9]\\d{0,9} [1-9]\\d{0,5}")) {
      throw new WordsException(
          "%s, line 1: '%s' is not the number of words and of dimensions; is this a file of word2vec?"
              .formatted(file, header));
    }
    var figures = header.split(" ");
    long count = Long.parseLong(figures[0]);
    dimensions = Integer.parseInt(figures[1]);
    if (count * dimensions > Integer.MAX_VALUE - 8) {
      throw new WordsException(
          "%s: %s words of %s dimensions are more than an array holds; keep its first words alone"
              .formatted(file, figures[0], figures[1]));
    }
    words = (int) count;
    var names = new ArrayList<String>(words);
    var numbers = new float[words * dimensions];
    if (isText()) {
      text(names, numbers);
    } else {
      binary(names, numbers);
    }
    return WordVectors.of(names, dimensions, numbers);
  }

  /** Whether the first word's line is a word and as many numbers as the header says. */
  private boolean isText() throws IOException {
    in.mark(1 << 20);
    var line = new ByteArrayOutputStream();
    int b;
    while (line.size() < 1 << 19 && (b = in.read()) >= 0 && b != '\n') {
      line.write(b);
    }
    in.reset();
    var parts = line.toString(UTF_8).strip().split(" ");
    if (parts.length != dimensions + 1) {
      return false;
    }
    for (int d = 1; d <= dimensions; d++) {
      if (!parts[d].matches("[-+]?[0-9.]+([eE][-+]?\\d+)?|[-+]?(nan|inf|NaN|Infinity)")) {
        return false;
      }
    }
    return true;
  }

  private void text(List<String> names, float[] numbers) throws IOException {
    for (int word = 0; word < words; word++) {
      int line = word + 2;
      var text = until('\n', LONGEST_WORD + 64 * dimensions);
      var parts = text.strip().split(" ");
      if (parts.length != dimensions + 1) {
        throw new WordsException(
            "%s, line %d: a word and %d numbers are wanted, but these are %d parts; is the file whole?"
                .formatted(file, line, dimensions, text.isBlank() ? 0 : parts.length));
      }
      names.add(parts[0]);
      for (int d = 0; d < dimensions; d++) {
        numbers[word * dimensions + d] = number(parts[d + 1], line);
      }
    }
  }

  private float number(String text, int line) {
    try {
      return Float.parseFloat(text);
    } catch (NumberFormatException e) {
      return switch (text.replaceFirst("^[-+]", "")) {
        case "nan" -> Float.NaN;
        case "inf" -> text.startsWith("-") ? Float.NEGATIVE_INFINITY : Float.POSITIVE_INFINITY;
        default ->
            throw new WordsException(
                "%s, line %d: '%s' is not a number".formatted(file, line, text), e);
      };
    }
  }

  private void binary(List<String> names, float[] numbers) throws IOException {
    var row = new byte[4 * dimensions];
    var floats = ByteBuffer.wrap(row).order(ByteOrder.LITTLE_ENDIAN).asFloatBuffer();
    for (int word = 0; word < words; word++) {
      // The first word2vec writes a line end behind each row, others do not.
      var name = until(' ', LONGEST_WORD);
      names.add(name.startsWith("\n") ? name.substring(1) : name);
      if (in.readNBytes(row, 0, row.length) < row.length) {
        throw cut(names.size());
      }
      floats.get(0, numbers, word * dimensions, dimensions);
    }
  }

  /** The text up to a byte, which is read too. */
  private String until(char end, int most) throws IOException {
    var bytes = new ByteArrayOutputStream();
    int b;
    while ((b = in.read()) != end) {
      if (b < 0) {
        if (end == '\n') {
          break;
        }
        throw cut(0);
      }
      bytes.write(b);
      if (bytes.size() > most) {
        throw new WordsException(
            "%s: a word or line is longer than %d bytes; is this a file of word2vec?"
                .formatted(file, most));
      }
    }
    return bytes.toString(UTF_8);
  }

  private WordsException cut(int word) {
    return new WordsException(
        "%s ends before its %d words do%s; it was cut, fetch or write it again"
            .formatted(file, words, word > 0 ? ", in word " + word : ""),
        new EOFException());
  }
}
