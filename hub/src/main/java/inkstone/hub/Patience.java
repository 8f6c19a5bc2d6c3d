package inkstone.hub;

import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.ThreadLocalRandom;

/**
 * How long to wait for a network, and how often to try again.
 *
 * @param connect for a connection
 * @param answer for the first line of an answer
 * @param stall for the next byte of a body
 * @param tries in a row that bring nothing, before giving up
 * @param first pause after the first failure; each further one doubles it
 * @param longest pause of our own
 * @param longestAsked pause that a server may ask for
 */
record Patience(
    Duration connect,
    Duration answer,
    Duration stall,
    int tries,
    Duration first,
    Duration longest,
    Duration longestAsked) {

  static final Patience USUAL =
      new Patience(
          Duration.ofSeconds(20),
          Duration.ofSeconds(60),
          Duration.ofSeconds(60),
          6,
          Duration.ofSeconds(1),
          Duration.ofSeconds(30),
          Duration.ofMinutes(5));

  /**
   * The pause after a failure.
   *
   * @param failures in a row, from 1
   * @param asked what the server asked for
   */
  Duration pause(int failures, Optional<Duration> asked) {
    if (asked.isPresent()) {
      return asked.get();
    }
    var millis = (double) first.toMillis() * (1L << Math.min(failures - 1, 20));
    // Many that failed together should not come back together.
    var spread = 0.75 + 0.5 * ThreadLocalRandom.current().nextDouble();
    return Duration.ofMillis(Math.round(Math.min(millis, longest.toMillis()) * spread));
  }
}
