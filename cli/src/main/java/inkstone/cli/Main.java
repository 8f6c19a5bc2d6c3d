package inkstone.cli;

import java.util.function.Function;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.ExitCode;
import picocli.CommandLine.Option;
import picocli.CommandLine.ScopeType;
import picocli.CommandLine.TypeConversionException;

/** The command {@code inkstone} and its verbs. */
@Command(
    name = "inkstone",
    mixinStandardHelpOptions = true,
    version = "inkstone 0.1.0",
    description = "The whole life of a language model on the JVM.",
    subcommands = {
      SpeedrunCommand.class,
      PretrainCommand.class,
      FinetuneCommand.class,
      ClassifyCommand.class,
      EmbedCommand.class,
      TokenizerCommand.class,
      GenerateCommand.class,
      TranslateCommand.class,
      ChatCommand.class,
      ConvertCommand.class,
      QuantizeCommand.class,
      WordsCommand.class,
      PullCommand.class,
      ReportCommand.class,
      BenchCommand.class,
      WarmUpCommand.class,
    },
    footer = {
      "",
      "The launcher's own verbs: test, check, tidy, mutants, jdk (see CONTRIBUTING.md).",
    })
public final class Main {

  @Option(
      names = "--debug",
      scope = ScopeType.INHERIT,
      description = "Show where in the program an error came from.")
  private boolean debug;

  private Main() {}

  /** Runs one verb and ends the process with its exit code. */
  public static void main(String[] args) {
    System.exit(run(args));
  }

  /** Runs one verb: 0 done, 1 a fault of ours, 2 a mistake that the message tells of. */
  static int run(String... args) {
    var main = new Main();
    var line =
        new CommandLine(main)
            .setCaseInsensitiveEnumValuesAllowed(true)
            .registerConverter(double.class, word -> number(word, Double::parseDouble, "number"))
            .registerConverter(int.class, word -> number(word, Integer::valueOf, "whole number"))
            .registerConverter(long.class, word -> number(word, Long::valueOf, "whole number"))
            .setExecutionExceptionHandler((e, verb, parsed) -> main.tell(e, verb));
    try {
      return line.execute(args);
    } catch (ExceptionInInitializerError e) {
      // So a class tells that its native libraries are missing.
      return main.tell(e.getCause() instanceof Exception cause ? cause : new Exception(e), line);
    }
  }

  private static <T> T number(String word, Function<String, T> parser, String what) {
    try {
      return parser.apply(word);
    } catch (NumberFormatException e) {
      throw new TypeConversionException("'" + word + "' is not a " + what);
    }
  }

  private int tell(Exception e, CommandLine line) {
    boolean mistake = isMistake(e);
    if (debug || !mistake) {
      e.printStackTrace(line.getErr());
    } else {
      line.getErr().println(line.getCommandSpec().qualifiedName() + ": " + e.getMessage());
    }
    return mistake ? ExitCode.USAGE : ExitCode.SOFTWARE;
  }

  /** Every room tells what a person can mend by an unchecked exception of its own. */
  static boolean isMistake(Exception e) {
    return e instanceof RuntimeException && e.getClass().getName().startsWith("inkstone.");
  }
}
