package inkstone.cli;

import inkstone.journal.HtmlReport;
import inkstone.journal.Terminal;
import inkstone.words.TestKind;
import inkstone.words.TestScore;
import inkstone.words.WordTest;
import inkstone.words.WordVectors;
import inkstone.words.WordsRecipe;
import inkstone.words.WordsTraining;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code inkstone words train|similar|analogy|evaluate}: word vectors. */
@Command(
    name = "words",
    description = "Learns word vectors (word2vec), asks them, and judges them.",
    mixinStandardHelpOptions = true,
    subcommands = {
      WordsCommand.Train.class,
      WordsCommand.Similar.class,
      WordsCommand.Analogy.class,
      WordsCommand.Evaluate.class
    })
final class WordsCommand implements Runnable {

  @Spec private CommandSpec spec = CommandSpec.create();

  @Override
  public void run() {
    throw new ParameterException(
        spec.commandLine(), "say what to do: train, similar, analogy or evaluate");
  }

  /** {@code words train}. */
  @Command(
      name = "train",
      description = "Learns word vectors by a recipe; without one, skip-gram on WordNet.",
      mixinStandardHelpOptions = true)
  static final class Train implements Callable<Integer> {

    @Option(names = "--recipe", paramLabel = "FILE", description = "A YAML file; see recipes/.")
    private Optional<Path> recipe = Optional.empty();

    @Option(
        names = "--set",
        paramLabel = "KEY=VALUE",
        description = "Put this in the recipe, for example model.kind=cbow; may be repeated.")
    private List<String> overrides = List.of();

    @Option(names = "--out", required = true, paramLabel = "DIR", description = "The run's folder.")
    private Path out = Path.of("");

    @Option(names = "--text", description = "Write vectors.txt instead of vectors.bin.")
    private boolean text;

    @Option(
        names = "--test",
        arity = "1..*",
        paramLabel = "FILE",
        description = "Score the vectors at the end, as words evaluate does.")
    private List<Path> tests = List.of();

    @Spec private CommandSpec spec = CommandSpec.create();

    @Override
    public Integer call() {
      var read = recipe.map(file -> WordsRecipe.read(file, overrides));
      var judges = tests.stream().map(WordTest::read).toList();
      try (var stop = Interrupts.listen()) {
        var training =
            WordsTraining.of(read.orElseGet(() -> WordsRecipe.of(overrides)))
                .judgedBy(judges)
                .writing(text ? WordsTraining.Form.TEXT : WordsTraining.Form.BINARY)
                .told(CommandLines.typed(spec), stop, List.of(Terminal.standardError()));
        var log = training.run(out);
        HtmlReport.write(log, out.resolve(HtmlReport.FILE));
        System.err.println("report: " + out.resolve(HtmlReport.FILE));
        System.err.println("ask it with:");
        System.err.println(
            "  ./inkstone words similar --vectors %s WORD"
                .formatted(CommandLines.quoted(training.vectors(out).toString())));
        return Reports.interrupted(log) ? 130 : 0;
      }
    }
  }

  /** Where vectors are read from: a file, or the folder of a run. */
  private static WordVectors open(Path path) {
    if (Files.isDirectory(path)) {
      for (var name : List.of("vectors.bin", "vectors.txt")) {
        if (Files.exists(path.resolve(name))) {
          return WordVectors.open(path.resolve(name));
        }
      }
    }
    return WordVectors.open(path);
  }

  private static void print(List<WordVectors.Neighbour> neighbours) {
    neighbours.forEach(
        near -> System.out.printf(Locale.ROOT, "%.4f  %s%n", near.cosine(), near.word()));
  }

  /** {@code words similar}. */
  @Command(
      name = "similar",
      description = "Prints the words nearest to each of some words, with the cosine.",
      mixinStandardHelpOptions = true)
  static final class Similar implements Runnable {

    @Option(
        names = "--vectors",
        required = true,
        paramLabel = "FILE|DIR",
        description = "A file of word2vec, text or binary, or the folder of a run.")
    private Path vectors = Path.of("");

    @Option(names = "--count", paramLabel = "N", description = "How many. Default: 10.")
    private int count = 10;

    @Parameters(arity = "1..*", paramLabel = "WORD")
    private List<String> words = List.of();

    @Override
    public void run() {
      var opened = open(vectors);
      for (var word : words) {
        if (words.size() > 1) {
          System.out.println(word);
        }
        print(opened.similar(word, count));
      }
    }
  }

  /** {@code words analogy}. */
  @Command(
      name = "analogy",
      description = {
        "Prints what is to the third word as the second is to the first:",
        "words analogy --vectors FILE man king woman"
      },
      mixinStandardHelpOptions = true)
  static final class Analogy implements Runnable {

    @Option(
        names = "--vectors",
        required = true,
        paramLabel = "FILE|DIR",
        description = "A file of word2vec, text or binary, or the folder of a run.")
    private Path vectors = Path.of("");

    @Option(names = "--count", paramLabel = "N", description = "How many. Default: 10.")
    private int count = 10;

    @Parameters(arity = "3", paramLabel = "WORD")
    private List<String> words = List.of();

    @Override
    public void run() {
      print(open(vectors).analogy(words.get(0), words.get(1), words.get(2), count));
    }
  }

  /** {@code words evaluate}. */
  @Command(
      name = "evaluate",
      description = {
        "Scores vectors on tests: pairs with people's opinion (WordSim-353, SimLex-999, WordSim-240)",
        "by Spearman's correlation, analogies (Google's, CA8) by accuracy; and says how much of a test",
        "they cover."
      },
      mixinStandardHelpOptions = true)
  static final class Evaluate implements Runnable {

    @Option(
        names = "--vectors",
        required = true,
        paramLabel = "FILE|DIR",
        description = "A file of word2vec, text or binary, or the folder of a run.")
    private Path vectors = Path.of("");

    @Option(names = "--sections", description = "Print each section of analogies, too.")
    private boolean sections;

    @Option(names = "--json", description = "Print one line of JSON for each test.")
    private boolean json;

    @Parameters(arity = "1..*", paramLabel = "TEST", description = "Files of tests.")
    private List<Path> tests = List.of();

    @Override
    public void run() {
      var judges = tests.stream().map(WordTest::read).toList();
      var opened = open(vectors);
      for (var judge : judges) {
        var score = judge.score(opened);
        if (json) {
          System.out.println(WordScores.json(score));
          continue;
        }
        for (var line : lines(score)) {
          System.out.println(line);
        }
      }
    }

    private List<String> lines(TestScore score) {
      var lines = new ArrayList<String>();
      lines.add(WordScores.line(score));
      if (sections && score.kind() == TestKind.ANALOGY) {
        score.sections().forEach(section -> lines.add("  " + WordScores.line(section)));
      }
      return lines;
    }
  }
}
