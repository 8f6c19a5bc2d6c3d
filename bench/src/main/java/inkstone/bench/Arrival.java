package inkstone.bench;

import tools.jackson.databind.JsonNode;

/** A peer that came, with its first words, or the reason why none did. */
sealed interface Arrival {

  /** How the reason ends. */
  String ALONE = "; going on without a peer";

  /** It is ready. */
  record Came(Contender contender, JsonNode ready) implements Arrival {}

  /** The message for the user, in one line. */
  record Missing(String why) implements Arrival {}

  /**
   * Waits for its first words.
   *
   * @throws BenchException if it dies before them
   */
  static Arrival greet(String side, Contender contender) {
    try {
      var ready = contender.ready();
      if (ready.path("ready").asBoolean(false)) {
        return new Came(contender, ready);
      }
      contender.close();
      return new Missing(side + ": " + ready.path("why").asString("it is not ready") + ALONE);
    } catch (BenchException e) {
      contender.close();
      throw e;
    }
  }
}
