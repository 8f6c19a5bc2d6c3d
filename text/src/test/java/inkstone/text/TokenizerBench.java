package inkstone.text;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.function.Supplier;
import tools.jackson.databind.json.JsonMapper;

/**
 * Times training and encoding on a file of documents, one JSON string a line. {@code
 * bench/peers/tokenizers/compare.py} runs it beside its peer.
 *
 * <p>Arguments: documents, vocabulary size, rounds. Prints one JSON object; times are the best
 * round, inside one process that has started.
 */
final class TokenizerBench {

  private TokenizerBench() {}

  public static void main(String[] args) throws IOException {
    var json = new JsonMapper();
    List<String> documents;
    try (var lines = Files.lines(Path.of(args[0]))) {
      documents = lines.map(line -> json.readValue(line, String.class)).toList();
    }
    int size = Integer.parseInt(args[1]);
    int rounds = Integer.parseInt(args[2]);
    var training = new Timed<>(2 * rounds, () -> BpeTrainer.of(size).train(documents));
    Tokenizer tokenizer = training.result;
    var encoding = new Timed<>(2 * rounds, () -> tokenizer.encodeAll(documents));
    long tokens = encoding.result.stream().mapToLong(ids -> ids.length).sum();
    System.out.printf(
        Locale.ROOT,
        "{\"train_s\": %.4f, \"train_first_s\": %.4f, \"encode_s\": %.4f, \"encode_first_s\": %.4f,"
            + " \"tokens\": %d, \"vocabulary\": %d}%n",
        training.best,
        training.first,
        encoding.best,
        encoding.first,
        tokens,
        tokenizer.vocabularySize());
  }

  /** The first and the best time of some rounds, in seconds, and the last result. */
  private static final class Timed<T> {
    final T result;
    final double first;
    final double best;

    Timed(int rounds, Supplier<T> work) {
      T last = null;
      double least = Double.MAX_VALUE;
      double initial = 0;
      for (int i = 0; i < rounds; i++) {
        long start = System.nanoTime();
        last = work.get();
        double seconds = (System.nanoTime() - start) / 1e9;
        initial = i == 0 ? seconds : initial;
        least = Math.min(least, seconds);
      }
      if (last == null) {
        throw new IllegalArgumentException("at least one round");
      }
      result = last;
      first = initial;
      best = least;
    }
  }
}
