package inkstone.cli;

import inkstone.journal.Terminal;
import inkstone.train.Speedrun;
import java.lang.management.ManagementFactory;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code inkstone speedrun}: from a folder of text to a model that writes. */
@Command(
    name = "speedrun",
    mixinStandardHelpOptions = true,
    description = {
      "Learn a tokenizer, pre-train a model, judge it and let it write, in a number of minutes.",
      "Without --corpus it reads the definitions of WordNet."
    })
final class SpeedrunCommand implements Callable<Integer> {

  @Option(
      names = "--corpus",
      paramLabel = "PATH",
      description = "A folder or file of text (.txt, .md, .jsonl, also .gz); may be repeated.")
  private List<String> corpus = List.of();

  @Option(
      names = "--minutes",
      paramLabel = "N",
      description = "For everything, a first build aside (default: ${DEFAULT-VALUE}).")
  private double minutes = 10;

  @Option(names = "--out", paramLabel = "DIR", description = "Default: ${DEFAULT-VALUE}.")
  private Path out = Path.of("runs/speedrun");

  @Option(names = "--seed", paramLabel = "N", description = "Default: ${DEFAULT-VALUE}.")
  private long seed = 1;

  @Option(names = "--resume", description = "Go on with the run in --out.")
  private boolean resume;

  @Spec private CommandSpec spec = CommandSpec.create();

  @Override
  public Integer call() {
    var began = Instant.ofEpochMilli(ManagementFactory.getRuntimeMXBean().getStartTime());
    try (var stop = Interrupts.listen()) {
      var run =
          new Speedrun(
              // So that the recipe can be run again from another folder.
              corpus.stream().map(p -> Path.of(p).toAbsolutePath().normalize().toString()).toList(),
              minutes,
              seed,
              began,
              CommandLines.typed(spec),
              stop,
              List.of(Terminal.standardError()));
      var log = resume ? run.resume(out) : run.run(out);
      return Reports.write(out, "speedrun", log);
    }
  }
}
