package inkstone.bench;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.PrintStream;
import java.util.Map;
import java.util.function.DoubleFunction;
import tools.jackson.databind.JsonNode;

/** A worker's half of the protocol that {@link Contender} speaks. */
final class WorkerLoop {

  private WorkerLoop() {}

  /**
   * Says that it is ready, then answers {@code VERB SECONDS} lines until {@code quit} or the end.
   */
  static void serve(
      BufferedReader in,
      PrintStream out,
      JsonNode ready,
      Map<String, DoubleFunction<JsonNode>> verbs)
      throws IOException {
    say(out, ready);
    for (var line = in.readLine(); line != null && !line.equals("quit"); line = in.readLine()) {
      var words = line.strip().split(" +", 2);
      var verb = verbs.get(words[0]);
      if (verb == null || words.length < 2) {
        throw new BenchException("'" + line + "' is not understood; say VERB SECONDS or quit");
      }
      say(out, verb.apply(Double.parseDouble(words[1])));
    }
  }

  private static void say(PrintStream out, JsonNode node) {
    out.println(BenchJson.MAPPER.writeValueAsString(node));
    out.flush();
  }
}
