package inkstone.bench;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** A small shell program that plays a worker, or a Python. */
final class Script {

  static final String LAP =
      "echo '{\"tokens\":20,\"seconds\":2.0,\"loss\":4.5,\"resident_bytes\":7}'";

  private Script() {}

  /** Writes it; the test is skipped where there is no shell. */
  static Path write(Path file, String... lines) throws IOException {
    assumeTrue(Files.isExecutable(Path.of("/bin/sh")), "no /bin/sh on this machine");
    Files.writeString(file, "#!/bin/sh\n" + String.join("\n", lines) + "\n");
    assumeTrue(file.toFile().setExecutable(true));
    return file;
  }

  /** A worker that is ready and then answers every line with {@code answer}. */
  static Path worker(Path file, String ready, String answer) throws IOException {
    return write(
        file,
        "echo '" + ready + "'",
        "while read -r verb seconds; do",
        "  [ \"$verb\" = quit ] && exit 0",
        "  " + answer,
        "done");
  }
}
