package inkstone.bench;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;

/**
 * What both sides do: whole optimizer steps of one network on random tokens.
 *
 * @param threads compute threads, 1 or more
 * @param seed of the tokens and of the initial weights; each side draws its own, as many
 */
public record TrainWork(TrainSize size, Precision dtype, int threads, long seed) {

  /** The same seed for everybody. */
  public static final long SEED = 1;

  /** Refuses a number of threads that is none. */
  public TrainWork {
    if (threads < 1) {
      throw new BenchException("--threads " + threads + " is no number of threads; give 1 or more");
    }
  }

  /** The options of the workers of both sides. */
  List<String> words() {
    var config = size.config();
    var words = new ArrayList<String>();
    words.addAll(List.of("--size", size.toString(), "--dtype", dtype.toString()));
    words.addAll(List.of("--threads", Integer.toString(threads), "--seed", Long.toString(seed)));
    words.addAll(List.of("--layers", Integer.toString(config.layers())));
    words.addAll(List.of("--heads", Integer.toString(config.heads())));
    words.addAll(List.of("--width", Integer.toString(config.width())));
    words.addAll(List.of("--vocabulary", Integer.toString(config.vocabulary())));
    words.addAll(List.of("--context", Integer.toString(config.context())));
    words.addAll(List.of("--sequences", Integer.toString(size.sequences())));
    return words;
  }

  /** What {@link #words} said. */
  static TrainWork parse(String... words) {
    var options = new HashMap<String, String>();
    for (int i = 0; i + 1 < words.length; i += 2) {
      options.put(words[i], words[i + 1]);
    }
    return new TrainWork(
        TrainSize.of(options.getOrDefault("--size", "")),
        Precision.valueOf(options.getOrDefault("--dtype", "").toUpperCase(Locale.ROOT)),
        Integer.parseInt(options.getOrDefault("--threads", "1")),
        Long.parseLong(options.getOrDefault("--seed", "1")));
  }
}
