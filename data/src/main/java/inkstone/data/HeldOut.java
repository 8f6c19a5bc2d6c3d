package inkstone.data;

import java.util.Comparator;
import java.util.PriorityQueue;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * One side of a split by document. A document is held out if the hash of its first part is below a
 * threshold and it is not among the few that are too long, so copies of a document always lie on
 * one side.
 */
final class HeldOut extends LookAhead {
  private final Documents.Reader reader;
  private final long seed;
  private final Choice choice;
  private final boolean side;
  private boolean held;

  HeldOut(Documents.Reader reader, long seed, Choice choice, boolean side) {
    this.reader = reader;
    this.seed = seed;
    this.choice = choice;
    this.side = side;
  }

  /**
   * What is held out: all documents with a hash below the threshold, those too long left out.
   *
   * @param eligible bytes of all documents that are not too long, held out or not
   */
  record Choice(long threshold, Set<Long> tooLong, long eligible) {
    boolean holds(long hash) {
      return hash < threshold && !tooLong.contains(hash);
    }
  }

  private record Candidate(long hash, long bytes) {}

  /**
   * The highest threshold that holds out at most {@code most} bytes, where a document of more than
   * half of that is too long. Keeps only documents with the smallest hashes in memory, that is,
   * about what will be held out.
   */
  static Choice choose(Documents all, long seed, long most) {
    var lowest = new PriorityQueue<Candidate>(Comparator.comparingLong(Candidate::hash).reversed());
    var tooLong = new TreeSet<Long>();
    long bytes = 0;
    long eligible = 0;
    var threshold = Long.MAX_VALUE;
    try (var reader = all.open()) {
      var next = reader.hasNext() ? reader.next() : null;
      while (next != null) {
        var hash = hash(seed, next);
        long length = 0;
        do {
          length += next.bytes();
          next = reader.hasNext() ? reader.next() : null;
        } while (next != null && next.continues());
        var fits = length <= most / 2;
        eligible += fits ? length : 0;
        if (hash >= threshold) {
          continue;
        }
        if (!fits) {
          tooLong.add(hash);
          continue;
        }
        lowest.add(new Candidate(hash, length));
        bytes += length;
        while (bytes > most) {
          threshold = lowest.element().hash();
          tooLong.tailSet(threshold).clear();
          while (!lowest.isEmpty() && lowest.element().hash() == threshold) {
            bytes -= lowest.remove().bytes();
          }
        }
      }
    }
    return new Choice(threshold, Set.copyOf(tooLong), eligible);
  }

  private static long hash(long seed, Document document) {
    return Mix.mix(seed, document.text()) >>> 1;
  }

  @Override
  @Nullable Document advance() {
    while (reader.hasNext()) {
      var document = reader.next();
      if (!document.continues()) {
        held = choice.holds(hash(seed, document));
      }
      if (held == side) {
        return document;
      }
    }
    return null;
  }

  @Override
  public void close() {
    reader.close();
  }
}
