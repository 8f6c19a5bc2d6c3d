package inkstone.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import tools.jackson.databind.JsonNode;

/** Starts the peers that are Python scripts of this checkout. */
final class Python {

  private static final String ALONE = "; going on without a peer";

  /** A peer that came, with its first words, or the reason why none did. */
  sealed interface Arrival {
    /** It is ready. */
    record Came(Contender contender, JsonNode ready) implements Arrival {}

    /** The message for the user, in one line. */
    record Missing(String why) implements Arrival {}
  }

  private Python() {}

  /**
   * Starts a script.
   *
   * @param program the Python to take; otherwise {@code python3}, then {@code python} of the path
   * @param script relative to the checkout
   * @throws BenchException if it starts and then dies
   */
  static Arrival start(
      String side, Optional<Path> program, String script, List<String> words, int threads) {
    var found = find(script);
    if (found.isEmpty()) {
      return new Arrival.Missing(
          "%s: there is no %s in this folder or in that of -Dinkstone.root; start it from a checkout"
                  .formatted(side, script)
              + ALONE);
    }
    var programs = program.map(p -> List.of(p.toString())).orElse(List.of("python3", "python"));
    for (var name : programs) {
      var command = new ArrayList<>(List.of(name, found.get().toString()));
      command.addAll(words);
      Contender contender;
      try {
        contender = Contender.start(side, command, v -> Environment.PLAIN.apply(v, threads));
      } catch (IOException e) {
        continue;
      }
      return greet(side, contender);
    }
    return new Arrival.Missing(
        "%s: no Python can be started as %s; install one with torch, or name it by --python FILE"
                .formatted(side, String.join(" or ", programs))
            + ALONE);
  }

  static Arrival greet(String side, Contender contender) {
    try {
      var ready = contender.ready();
      if (ready.path("ready").asBoolean(false)) {
        return new Arrival.Came(contender, ready);
      }
      contender.close();
      return new Arrival.Missing(
          side + ": " + ready.path("why").asString("it is not ready") + ALONE);
    } catch (BenchException e) {
      contender.close();
      throw e;
    }
  }

  static Optional<Path> find(String script) {
    return Stream.of(System.getProperty("inkstone.root", ""), "")
        .map(root -> Path.of(root).resolve(script).toAbsolutePath())
        .filter(Files::isRegularFile)
        .findFirst();
  }
}
