package inkstone.bench;

import inkstone.bench.Python.Arrival;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

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
    var found = Python.find(script);
    if (found.isEmpty() || !Files.isDirectory(home)) {
      return new Arrival.Missing(
          "the peer (%s): there is no %s; name the folder of its classes by --peer-home DIR, and start from a checkout; going on without a peer"
              .formatted(side, found.isEmpty() ? script : "folder " + home));
    }
    var command = new ArrayList<>(List.of(OwnJvm.program(), "--enable-preview"));
    command.addAll(List.of("--source", Integer.toString(Runtime.version().feature())));
    command.addAll(List.of("--add-modules", "jdk.incubator.vector"));
    command.add("--enable-native-access=ALL-UNNAMED");
    command.add("-Djdk.incubator.vector.VECTOR_ACCESS_OOB_CHECK=0");
    command.add("-Djava.util.concurrent.ForkJoinPool.common.parallelism=" + threads);
    command.addAll(List.of("-cp", home + java.io.File.pathSeparator + home.resolve("*")));
    command.add(found.get().toString());
    command.addAll(words);
    try {
      return Python.greet(
          "the peer (" + side + ")",
          Contender.start(
              "the peer (" + side + ")", command, v -> Environment.PLAIN.apply(v, threads)));
    } catch (IOException e) {
      throw new UncheckedIOException("cannot start another JVM", e);
    }
  }
}
