package inkstone.bench;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/**
 * A process that has run to its end.
 *
 * @param output what it wrote to its standard output
 * @param seconds from its start to its end
 * @param residentBytes the most physical memory seen, looked at every few milliseconds
 */
record Finished(String output, double seconds, OptionalLong residentBytes) {

  private static final long LOOK_MILLIS = 5;
  private static final int LAST_WORDS = 1_000;

  /**
   * Runs it.
   *
   * @throws BenchException if it cannot be started or fails; the message has its last words
   */
  static Finished run(List<String> command, Consumer<Map<String, String>> variables) {
    try {
      var output = Files.createTempFile("inkstone-bench", ".out");
      var errors = Files.createTempFile("inkstone-bench", ".err");
      try {
        return run(command, variables, output, errors);
      } finally {
        Files.delete(output);
        Files.delete(errors);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static Finished run(
      List<String> command, Consumer<Map<String, String>> variables, Path output, Path errors)
      throws IOException {
    var builder = new ProcessBuilder(command);
    variables.accept(builder.environment());
    builder.redirectOutput(output.toFile()).redirectError(errors.toFile());
    long begin = System.nanoTime();
    var process = builder.start();
    try {
      process.getOutputStream().close();
      var status = Path.of("/proc/" + process.pid() + "/status");
      var most = OptionalLong.empty();
      while (!process.waitFor(LOOK_MILLIS, TimeUnit.MILLISECONDS)) {
        var now = Resident.peak(status);
        most = now.isPresent() ? now : most;
      }
      double seconds = (System.nanoTime() - begin) / 1e9;
      if (process.exitValue() != 0) {
        var said = Files.readString(errors, UTF_8);
        throw new BenchException(
            "%s ended with exit code %d; its last words:%n%s"
                .formatted(
                    command.getFirst(),
                    process.exitValue(),
                    said.substring(Math.max(0, said.length() - LAST_WORDS))));
      }
      return new Finished(Files.readString(output, UTF_8), seconds, most);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new BenchException("interrupted while " + command.getFirst() + " ran", e);
    } finally {
      process.destroyForcibly();
    }
  }
}
