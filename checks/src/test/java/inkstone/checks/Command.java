package inkstone.checks;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/** Runs programs for the tests that look at the house from outside. */
final class Command {

  /** The root of the project. */
  static final Path ROOT = Path.of(System.getProperty("inkstone.root", ".."));

  private Command() {}

  /** What a program left behind. */
  record Result(int exit, String out, String err) {
    @Override
    public String toString() {
      return "exit code " + exit + "\n--- standard output\n" + out + "\n--- standard error\n" + err;
    }
  }

  /** A started program. */
  record Running(Process process, Path out, Path err) {

    /** Waits for the end, ten minutes at most. */
    Result result() throws IOException, InterruptedException {
      if (!process.waitFor(10, TimeUnit.MINUTES)) {
        process.destroyForcibly();
        throw new IOException("still running after ten minutes: " + process.info().commandLine());
      }
      return new Result(process.exitValue(), Files.readString(out), Files.readString(err));
    }
  }

  /** Starts a program in a folder with exactly this environment. */
  static Running start(Path folder, Map<String, String> environment, List<String> words)
      throws IOException {
    var out = Files.createTempFile("inkstone", ".out");
    var err = Files.createTempFile("inkstone", ".err");
    out.toFile().deleteOnExit();
    err.toFile().deleteOnExit();
    var builder = new ProcessBuilder(words).directory(folder.toFile());
    builder.environment().clear();
    builder.environment().putAll(environment);
    builder.redirectOutput(out.toFile()).redirectError(err.toFile());
    return new Running(builder.start(), out, err);
  }

  /** Runs a program to its end in this test's environment, with the JDK of this test. */
  static Result run(Path folder, List<String> words) throws IOException, InterruptedException {
    var environment = new HashMap<>(System.getenv());
    environment.put("JAVA_HOME", System.getProperty("java.home"));
    environment.put(
        "MAVEN_OPTS",
        "--enable-native-access=ALL-UNNAMED --sun-misc-unsafe-memory-access=allow -Xmx1g");
    return start(folder, environment, words).result();
  }
}
