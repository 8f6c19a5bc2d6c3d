package inkstone.bench;

import java.nio.file.Path;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.SequencedMap;

/**
 * What every side does: epochs of word2vec over one file with a sentence a line and blanks between
 * words; what the options leave out is as word2vec has it.
 *
 * @param kind {@code skipgram} or {@code cbow}
 * @param loss {@code negative} or {@code hierarchical}
 * @param share whether our skip-gram windows share their negative samples
 * @param threads that learn, 1 or more
 */
public record WordsWork(
    Path corpus,
    String kind,
    String loss,
    boolean share,
    int dimensions,
    int window,
    int negatives,
    int threads,
    long seed) {

  /** The same seed for everybody. */
  public static final long SEED = 1;

  /** Refuses a corpus that is not there and numbers that mean nothing. */
  public WordsWork {
    if (!corpus.toFile().isFile()) {
      throw new BenchException(
          "--corpus %s: there is no such file; give a text with a sentence a line"
              .formatted(corpus));
    }
    if (threads < 1 || dimensions < 1 || window < 1 || negatives < 1) {
      throw new BenchException(
          "--threads %d --dimensions %d --window %d --negatives %d: give 1 or more of each"
              .formatted(threads, dimensions, window, negatives));
    }
  }

  /** The options of the workers of all sides. */
  List<String> words() {
    return List.of(
        "--corpus",
        corpus.toAbsolutePath().toString(),
        "--kind",
        kind,
        "--loss",
        loss,
        "--share",
        Boolean.toString(share),
        "--dimensions",
        Integer.toString(dimensions),
        "--window",
        Integer.toString(window),
        "--negatives",
        Integer.toString(negatives),
        "--threads",
        Integer.toString(threads),
        "--seed",
        Long.toString(seed));
  }

  /** What {@link #words} said. */
  static WordsWork parse(String... words) {
    var options = new HashMap<String, String>();
    for (int i = 0; i + 1 < words.length; i += 2) {
      options.put(words[i], words[i + 1]);
    }
    return new WordsWork(
        Path.of(options.getOrDefault("--corpus", "")),
        options.getOrDefault("--kind", ""),
        options.getOrDefault("--loss", ""),
        Boolean.parseBoolean(options.getOrDefault("--share", "true")),
        number(options, "--dimensions"),
        number(options, "--window"),
        number(options, "--negatives"),
        number(options, "--threads"),
        number(options, "--seed"));
  }

  private static int number(HashMap<String, String> options, String name) {
    return Integer.parseInt(options.getOrDefault(name, "1"));
  }

  /** For the document of a result. */
  SequencedMap<String, Object> details() {
    var details = new LinkedHashMap<String, Object>();
    details.put("size", kind + ", " + dimensions + " dimensions");
    details.put("corpus", corpus.getFileName().toString());
    details.put("kind", kind);
    details.put("loss", loss);
    details.put("share_negatives", share);
    details.put("dimensions", dimensions);
    details.put("window", window);
    details.put("negatives", negatives);
    details.put("threads", threads);
    details.put("seed", seed);
    return details;
  }
}
