package inkstone.cli;

import picocli.CommandLine;
import picocli.CommandLine.Command;

/** The command {@code inkstone} and its verbs. */
@Command(name = "inkstone", mixinStandardHelpOptions = true, version = "inkstone 0.1.0")
public final class Main {

  private Main() {}

  /** Runs one verb and ends the process with its exit code. */
  public static void main(String[] args) {
    System.exit(new CommandLine(new Main()).execute(args));
  }
}
