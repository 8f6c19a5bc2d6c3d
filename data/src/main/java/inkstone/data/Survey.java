package inkstone.data;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * What a reading of all documents found.
 *
 * @param documents how many there are
 * @param bytes their text in UTF-8
 * @param largest bytes of the longest document
 * @param sources bytes of each source, by its number
 * @param skipped how many inputs could not be used
 * @param examples the first of those
 */
public record Survey(
    long documents,
    long bytes,
    long largest,
    List<Long> sources,
    long skipped,
    List<Skipped> examples) {

  /** So many skipped inputs are named. */
  public static final int EXAMPLES = 20;

  /**
   * Reads them all once.
   *
   * @throws CorpusException if there is no text at all
   */
  public static Survey of(Documents documents) {
    var counter = new Counter();
    try (var reader = documents.open(counter::skip)) {
      while (reader.hasNext()) {
        counter.count(reader.next());
      }
    }
    return counter.survey();
  }

  private static final class Counter {
    private long documents;
    private long bytes;
    private long current;
    private long largest;
    private long[] sources = new long[16];
    private int sourceCount;
    private long skipped;
    private final List<Skipped> examples = new ArrayList<>();

    void skip(Skipped input) {
      skipped++;
      if (examples.size() < EXAMPLES) {
        examples.add(input);
      }
    }

    void count(Document document) {
      var length = document.bytes();
      if (!document.continues()) {
        documents++;
        current = 0;
      }
      current += length;
      largest = Math.max(largest, current);
      bytes += length;
      if (document.source() >= sources.length) {
        sources = Arrays.copyOf(sources, 2 * document.source());
      }
      sources[document.source()] += length;
      sourceCount = Math.max(sourceCount, document.source() + 1);
    }

    Survey survey() {
      if (documents == 0) {
        throw new CorpusException(
            "the corpus holds no usable text"
                + (examples.isEmpty() ? "" : "; skipped were " + skipped + ": " + examples));
      }
      return new Survey(
          documents,
          bytes,
          largest,
          Arrays.stream(sources, 0, sourceCount).boxed().toList(),
          skipped,
          List.copyOf(examples));
    }
  }
}
