package inkstone.bench;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * A command that is started for each round, and ends after one token.
 *
 * @param name who this is
 * @param environment what it sees of the launcher's variables
 */
record Started(String name, List<String> command, int threads, Environment environment)
    implements Side {

  /** The peer's program. */
  static final String PROGRAM = "llama-cli";

  private static final String PROMPT = "Hello";

  /**
   * Ours, by the launcher that a user starts.
   *
   * @throws BenchException outside a checkout
   */
  static Started ours(Path model, int threads, Environment environment) {
    var launcher =
        Checkout.find("inkstone")
            .orElseThrow(
                () -> new BenchException("there is no launcher; start it from a checkout"));
    var command = new ArrayList<>(List.of(launcher.toString(), "generate"));
    command.addAll(List.of("--model", model.toString(), "--prompt", PROMPT));
    command.addAll(List.of("--max-tokens", "1", "--temperature", "0"));
    return new Started("inkstone", command, threads, environment);
  }

  /** llama.cpp's. */
  static Started theirs(Path program, Path model, int threads) {
    var command =
        new ArrayList<>(List.of(program.toString(), "-m", model.toString(), "-p", PROMPT));
    command.addAll(
        List.of("-n", "1", "--temp", "0", "-st", "--simple-io", "-t", Integer.toString(threads)));
    return new Started(LlamaCpp.NAME, command, threads, Environment.PLAIN);
  }

  @Override
  public Lap round(double seconds) {
    var ran = Finished.run(command, variables -> environment.apply(variables, threads));
    return new Lap(1, ran.seconds(), Double.NaN, ran.residentBytes());
  }

  @Override
  public void close() {
    // Each round's process has ended.
  }

  @Override
  public String toString() {
    return name;
  }
}
