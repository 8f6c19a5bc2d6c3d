package inkstone.bench;

import java.lang.management.ManagementFactory;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** How to start another JVM that is like this one. */
final class OwnJvm {

  private OwnJvm() {}

  /** The program of this JVM. */
  static String program() {
    return ProcessHandle.current()
        .info()
        .command()
        .orElse(Path.of(System.getProperty("java.home"), "bin", "java").toString());
  }

  /** The command that runs {@code main} with this JVM's program, options and class path. */
  static List<String> command(Class<?> main, List<String> words) {
    var command = new ArrayList<String>();
    command.add(program());
    ManagementFactory.getRuntimeMXBean().getInputArguments().stream()
        .filter(OwnJvm::canBeHadTwice)
        .forEach(command::add);
    command.addAll(List.of("-cp", System.getProperty("java.class.path"), main.getName()));
    command.addAll(words);
    return command;
  }

  /** A debugger's port and the AOT cache that is being written belong to one process. */
  static boolean canBeHadTwice(String argument) {
    return !argument.startsWith("-agentlib:jdwp")
        && !argument.startsWith("-Xrunjdwp")
        && !argument.startsWith("-XX:AOTCacheOutput")
        && !argument.startsWith("-XX:AOTMode");
  }
}
