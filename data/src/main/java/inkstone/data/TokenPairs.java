package inkstone.data;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.stream.IntStream;

/**
 * Pairs of token sequences, cut into batches by the number of tokens. Pairs of like length come
 * together; which of those, and in which order the batches come, is drawn for each epoch. A batch
 * is a function of its position, whose unit here is one pair.
 */
public final class TokenPairs {

  private final List<int[]> sources;
  private final List<int[]> targets;
  private final int most;
  private final long seed;
  private long epoch = -1;
  private List<int[]> order = List.of(); // the batches of that epoch, as numbers of pairs
  private int[] starts = {}; // the pairs before each

  /**
   * Pairs to learn from.
   *
   * @param most tokens of a batch, of sources and of targets each
   * @throws CorpusException if a pair has more
   */
  public TokenPairs(List<int[]> sources, List<int[]> targets, int most, long seed) {
    if (sources.size() != targets.size() || sources.isEmpty()) {
      throw new CorpusException(
          "%d sentences and %d translations to learn from; there must be one for each, and some"
              .formatted(sources.size(), targets.size()));
    }
    this.sources = List.copyOf(sources);
    this.targets = List.copyOf(targets);
    this.most = most;
    this.seed = seed;
    for (int i = 0; i < sources.size(); i++) {
      int longest = Math.max(sources.get(i).length, targets.get(i).length);
      if (longest > most) {
        throw new CorpusException(
            "pair %d has %d tokens and does not fit a batch of %d; leave it out or take larger batches"
                .formatted(i + 1, longest, most));
      }
    }
  }

  /** The number of pairs, which make up one epoch. */
  public int size() {
    return sources.size();
  }

  /** The tokens of all targets. */
  public long targetTokens() {
    return targets.stream().mapToLong(each -> each.length).sum();
  }

  /** The pairs of a batch. */
  public record Batch(List<int[]> sources, List<int[]> targets) {
    /** The position behind this batch, if it stood there. */
    public DataPosition after(DataPosition position) {
      return new DataPosition(position.windows() + sources.size());
    }

    /** The tokens of the targets. */
    public int tokens() {
      return targets.stream().mapToInt(each -> each.length).sum();
    }
  }

  /** The batch that begins at a position, counted in pairs. */
  public Batch at(DataPosition position) {
    lay(position.windows() / size());
    int within = (int) (position.windows() % size());
    int found = Arrays.binarySearch(starts, within);
    // Whoever changes the size of batches in the middle of a run goes on with the next whole one.
    var chosen = order.get(found >= 0 ? found : Math.min(-found - 1, order.size() - 1));
    return new Batch(
        Arrays.stream(chosen).mapToObj(sources::get).toList(),
        Arrays.stream(chosen).mapToObj(targets::get).toList());
  }

  private void lay(long wanted) {
    if (wanted == epoch) {
      return;
    }
    epoch = wanted;
    long drawn = Mix.mix(seed, wanted);
    var mixed = new Permutation(size(), drawn);
    var all =
        IntStream.range(0, size())
            .mapToObj(i -> (int) mixed.apply(i))
            .sorted(
                Comparator.<Integer>comparingInt(i -> targets.get(i).length)
                    .thenComparingInt(i -> sources.get(i).length))
            .toList();
    var batches = cut(all);
    var shuffle = new Permutation(batches.size(), Mix.mix(drawn));
    var laid = new ArrayList<int[]>();
    for (int i = 0; i < batches.size(); i++) {
      laid.add(batches.get((int) shuffle.apply(i)));
    }
    order = laid;
    starts = new int[laid.size()];
    for (int i = 1; i < starts.length; i++) {
      starts[i] = starts[i - 1] + laid.get(i - 1).length;
    }
  }

  private List<int[]> cut(List<Integer> sorted) {
    var batches = new ArrayList<int[]>();
    var batch = new ArrayList<Integer>();
    int read = 0;
    int written = 0;
    for (int i : sorted) {
      int source = sources.get(i).length;
      int target = targets.get(i).length;
      if (!batch.isEmpty() && (read + source > most || written + target > most)) {
        batches.add(batch.stream().mapToInt(Integer::intValue).toArray());
        batch.clear();
        read = 0;
        written = 0;
      }
      batch.add(i);
      read += source;
      written += target;
    }
    batches.add(batch.stream().mapToInt(Integer::intValue).toArray());
    return batches;
  }
}
