package inkstone.cli;

import inkstone.bench.BenchResult;
import inkstone.bench.BenchTable;
import inkstone.bench.Environment;
import inkstone.bench.Rounds;
import java.nio.file.Path;
import java.util.Optional;
import picocli.CommandLine.Option;

/** What every bench can be told, and how its result is printed. */
final class BenchOptions {

  @Option(
      names = "--python",
      paramLabel = "FILE",
      description = "The peer's Python. Default: python3, then python, of the path.")
  private Optional<Path> python = Optional.empty();

  @Option(names = "--rounds", paramLabel = "N", description = "Rounds of each side. Default: 5.")
  private int rounds = 5;

  @Option(
      names = "--seconds",
      paramLabel = "S",
      description = "The least time of a round, in whole steps. Default: 10.")
  private double seconds = 10;

  @Option(
      names = "--threads",
      paramLabel = "N",
      description = "Compute threads of each side. Default: OMP_NUM_THREADS, else all cores.")
  private Optional<Integer> threads = Optional.empty();

  @Option(
      names = "--environment",
      paramLabel = "as-is|plain",
      description = {
        "plain: our worker too runs without what the launcher sets for libraries.",
        "Default: as-is."
      })
  private Environment environment = Environment.AS_IS;

  @Option(names = "--json", description = "Print the JSON document only.")
  private boolean json;

  Optional<Path> python() {
    return python;
  }

  Rounds rounds() {
    return new Rounds(rounds, seconds);
  }

  Environment environment() {
    return environment;
  }

  int threads() {
    return threads.orElseGet(() -> threads(System.getenv().getOrDefault("OMP_NUM_THREADS", "")));
  }

  /** OpenMP's variable may list a number for each level of nesting; the first one counts. */
  static int threads(String variable) {
    var first = variable.strip().split(",", 2)[0];
    return first.matches("[1-9]\\d{0,5}")
        ? Integer.parseInt(first)
        : Runtime.getRuntime().availableProcessors();
  }

  /** A line while something is measured. */
  void progress(String line) {
    if (!json) {
      notice(line);
    }
  }

  /** A line that is told in any case. */
  void notice(String line) {
    System.err.println(line);
  }

  /** The table, then the document as the last line. */
  void print(BenchResult result) {
    if (!json) {
      System.out.println(BenchTable.of(result));
    }
    System.out.println(result.toJson());
  }
}
