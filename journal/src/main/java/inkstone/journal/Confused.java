package inkstone.journal;

import java.util.List;

/**
 * How often what was taken for what.
 *
 * @param split name of the examples
 * @param labels in order
 * @param counts a row for each true label, a column for each that was given
 */
public record Confused(String split, List<String> labels, List<List<Long>> counts)
    implements Event {
  /** Copies the lists. */
  public Confused {
    labels = List.copyOf(labels);
    counts = counts.stream().map(List::copyOf).toList();
  }
}
