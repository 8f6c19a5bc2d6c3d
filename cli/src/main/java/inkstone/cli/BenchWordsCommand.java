package inkstone.cli;

import inkstone.bench.WordsBench;
import inkstone.bench.WordsPeer;
import inkstone.bench.WordsWork;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code inkstone bench words}: learning word vectors. */
@Command(
    name = "words",
    description = {
      "Epochs of word2vec over a text, ours and a peer's in turn.",
      "Ratios are above 1 where we are better."
    },
    mixinStandardHelpOptions = true)
final class BenchWordsCommand implements Callable<Integer> {

  /** The networks. */
  enum Kind {
    SKIPGRAM,
    CBOW
  }

  /** The losses. */
  enum Loss {
    NEGATIVE,
    HIERARCHICAL
  }

  @Option(
      names = "--corpus",
      required = true,
      paramLabel = "FILE",
      description = "A text with a sentence a line and blanks between words.")
  private Path corpus = Path.of("");

  @Option(
      names = "--peer",
      paramLabel = "none|gensim|c",
      description = "Who to compare with. Default: gensim.")
  private WordsPeer peer = WordsPeer.GENSIM;

  @Option(
      names = "--peer-home",
      paramLabel = "FILE",
      description = "The program of word2vec.c. Default: word2vec of the path.")
  private Optional<Path> peerHome = Optional.empty();

  @Option(names = "--kind", paramLabel = "skipgram|cbow", description = "Default: skipgram.")
  private Kind kind = Kind.SKIPGRAM;

  @Option(
      names = "--loss",
      paramLabel = "negative|hierarchical",
      description = "Default: negative.")
  private Loss loss = Loss.NEGATIVE;

  @Option(
      names = "--own-negatives",
      description = "Ours too draws negative samples for each pair, not for each window.")
  private boolean ownNegatives;

  @Option(names = "--dimensions", paramLabel = "N", description = "Default: 100.")
  private int dimensions = 100;

  @Option(names = "--window", paramLabel = "N", description = "Default: 5.")
  private int window = 5;

  @Option(names = "--negatives", paramLabel = "N", description = "Default: 5.")
  private int negatives = 5;

  @Mixin private BenchOptions options = new BenchOptions();

  @Override
  public Integer call() {
    var work =
        new WordsWork(
            corpus,
            kind.name().toLowerCase(Locale.ROOT),
            loss.name().toLowerCase(Locale.ROOT),
            !ownNegatives,
            dimensions,
            window,
            negatives,
            options.threads(),
            WordsWork.SEED);
    options.print(
        new WordsBench(
                work, peer, options.python(), peerHome, options.rounds(), options.environment())
            .run(options::progress, options::notice));
    return 0;
  }
}
