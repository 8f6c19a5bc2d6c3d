package inkstone.bench;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Starts the peers that are Python scripts of this checkout. */
final class Python {

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
    var found = Checkout.find(script);
    if (found.isEmpty()) {
      return new Arrival.Missing(
          "%s: there is no %s in this folder or in that of -Dinkstone.root; start it from a checkout"
                  .formatted(side, script)
              + Arrival.ALONE);
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
      return Arrival.greet(side, contender);
    }
    return new Arrival.Missing(
        "%s: no Python can be started as %s; install one with torch, or name it by --python FILE"
                .formatted(side, String.join(" or ", programs))
            + Arrival.ALONE);
  }
}
