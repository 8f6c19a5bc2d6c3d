package inkstone.cli;

import java.util.stream.Collectors;
import picocli.CommandLine.Model.CommandSpec;

/** Command lines as text. */
final class CommandLines {

  private CommandLines() {}

  /** What was typed, for the journal. */
  static String typed(CommandSpec spec) {
    return spec.root().commandLine().getParseResult().originalArgs().stream()
        .map(CommandLines::quoted)
        .collect(Collectors.joining(" ", "inkstone ", ""));
  }

  /** A word as a shell needs it. */
  static String quoted(String word) {
    return word.matches("[\\p{L}\\p{N}_./:=,+-]+") ? word : "'" + word.replace("'", "'\\''") + "'";
  }
}
