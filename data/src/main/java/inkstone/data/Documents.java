package inkstone.data;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Iterator;
import java.util.function.Consumer;

/**
 * Documents that can be read again and again, each time the same in the same order, in memory that
 * does not grow with their number.
 */
@FunctionalInterface
public interface Documents {

  /** Reads document after document (or part after part) once; not for use by several threads. */
  interface Reader extends Iterator<Document>, AutoCloseable {
    @Override
    void close();
  }

  /**
   * Starts at the first document.
   *
   * @param skips told of every input that cannot be used, at the moment when it is met
   */
  Reader open(Consumer<Skipped> skips);

  /** Starts at the first document; what cannot be used is passed over in silence. */
  default Reader open() {
    return open(skipped -> {});
  }

  /** The text of all documents, one behind the other in UTF-8, cut after {@code atMost} bytes. */
  default byte[] bytes(int atMost) {
    var bytes = new ByteArrayOutputStream();
    try (var reader = open()) {
      while (bytes.size() < atMost && reader.hasNext()) {
        var text = reader.next().text().getBytes(StandardCharsets.UTF_8);
        bytes.write(text, 0, Math.min(text.length, atMost - bytes.size()));
      }
    }
    return bytes.toByteArray();
  }
}
