package inkstone.bench;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.stream.Stream;

/** The folder of Inkstone's sources, which holds the peers' scripts and the launcher. */
final class Checkout {

  private Checkout() {}

  /** A file in it, where there is one. */
  static Optional<Path> find(String script) {
    return Stream.of(System.getProperty("inkstone.root", ""), "")
        .map(root -> Path.of(root).resolve(script).toAbsolutePath())
        .filter(Files::isRegularFile)
        .findFirst();
  }
}
