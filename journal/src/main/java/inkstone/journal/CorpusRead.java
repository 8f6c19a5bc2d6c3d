package inkstone.journal;

import java.util.List;

/**
 * The corpus was read and split.
 *
 * @param sources folders, files or data sets it came from
 * @param documents documents that were read
 * @param bytes UTF-8 bytes that were read
 * @param share part of the whole corpus that was read, above 0 to 1
 * @param trainingBytes bytes that training sees
 * @param heldOutBytes bytes that only evaluation sees
 * @param split how the two were told apart: {@code document} or {@code tail}
 */
public record CorpusRead(
    List<String> sources,
    long documents,
    long bytes,
    double share,
    long trainingBytes,
    long heldOutBytes,
    String split)
    implements Event {

  /** Copies the sources. */
  public CorpusRead {
    sources = List.copyOf(sources);
  }
}
