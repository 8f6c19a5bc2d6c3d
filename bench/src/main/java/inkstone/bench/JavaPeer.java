package inkstone.bench;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Starts the peers that run in a JVM: a source file of this checkout on top of their classes. */
final class JavaPeer {

  private JavaPeer() {}

  /**
   * Starts one.
   *
   * @param script relative to the checkout
   * @param home a folder of classes, of jars, or of one source file that {@code java} can run
   * @throws BenchException if it starts and then dies
   */
  static Arrival start(String side, Path home, String script, List<String> words, int threads) {
    var missing = missing(side, home, script);
    if (missing.isPresent()) {
      return missing.get();
    }
    var command = new ArrayList<>(List.of(OwnJvm.program(), "--enable-preview"));
    command.addAll(List.of("--source", Integer.toString(Runtime.version().feature())));
    command.addAll(List.of("--add-modules", "jdk.incubator.vector"));
    command.add("--enable-native-access=ALL-UNNAMED");
    command.add("-Djdk.incubator.vector.VECTOR_ACCESS_OOB_CHECK=0");
    command.add("-Djava.util.concurrent.ForkJoinPool.common.parallelism=" + threads);
    command.addAll(List.of("-cp", home + java.io.File.pathSeparator + home.resolve("*")));
    command.add(Checkout.find(script).orElseThrow().toString());
    command.addAll(words);
    try {
      return Arrival.greet(
          "the peer (" + side + ")",
          Contender.start(
              "the peer (" + side + ")", command, v -> Environment.PLAIN.apply(v, threads)));
    } catch (IOException e) {
      throw new UncheckedIOException("cannot start another JVM", e);
    }
  }

  /** Why it cannot be started, if it cannot. */
  static Optional<Arrival.Missing> missing(String side, Path home, String script) {
    boolean told = Checkout.find(script).isPresent();
    if (told && Files.isDirectory(home)) {
      return Optional.empty();
    }
    var why =
        "the peer (%s): there is no %s; name the folder of its classes by --peer-home DIR, and start from a checkout"
            .formatted(side, told ? "folder " + home : script);
    return Optional.of(new Arrival.Missing(why + Arrival.ALONE));
  }
}
