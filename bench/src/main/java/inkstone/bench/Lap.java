package inkstone.bench;

import java.util.OptionalLong;
import tools.jackson.databind.JsonNode;

/**
 * What one side did in one round.
 *
 * @param tokens learned from, in whole steps
 * @param seconds of those steps
 * @param loss of the last step, in nats for each token
 * @param residentBytes the most physical memory that the process has held so far; empty where the
 *     system does not say
 */
record Lap(long tokens, double seconds, double loss, OptionalLong residentBytes) {

  /** Refuses what cannot have been measured. */
  Lap {
    if (tokens < 1 || !(seconds > 0) || Double.isInfinite(seconds)) {
      throw new IllegalArgumentException(tokens + " tokens in " + seconds + " s");
    }
  }

  /** Reads an answer; IllegalArgumentException where it is none. */
  static Lap of(JsonNode answer) {
    if (!answer.path("tokens").isNumber() || !answer.path("seconds").isNumber()) {
      throw new IllegalArgumentException("no tokens and seconds");
    }
    var resident = answer.path("resident_bytes");
    return new Lap(
        answer.path("tokens").asLong(),
        answer.path("seconds").asDouble(),
        answer.path("loss").isNumber() ? answer.path("loss").asDouble() : Double.NaN,
        resident.isNumber() ? OptionalLong.of(resident.asLong()) : OptionalLong.empty());
  }

  double tokensPerSecond() {
    return tokens / seconds;
  }
}
