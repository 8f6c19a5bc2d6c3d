package inkstone.cli;

import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code inkstone bench}: our speed beside a peer's, measured in turn on this machine. */
@Command(
    name = "bench",
    description = "Measures our speed and memory beside a peer's, in turn on this machine.",
    mixinStandardHelpOptions = true,
    subcommands = {
      BenchTrainCommand.class,
      BenchTranslationCommand.class,
      BenchGenerateCommand.class,
      BenchWordsCommand.class
    })
final class BenchCommand implements Runnable {

  @Spec private CommandSpec spec = CommandSpec.create();

  @Override
  public void run() {
    throw new ParameterException(
        spec.commandLine(), "say what to measure: train, translation, generate or words");
  }
}
