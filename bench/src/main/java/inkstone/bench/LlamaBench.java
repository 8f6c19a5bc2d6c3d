package inkstone.bench;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;

/**
 * llama.cpp's own {@code llama-bench}, a process for each round; it warms up and loads by itself,
 * neither of which it counts.
 *
 * @param program the file
 * @param model a GGUF file
 */
record LlamaBench(Path program, Path model, GenerateWork work, int threads) implements Side {

  static final String PROGRAM = "llama-bench";

  @Override
  public Lap round(double seconds) {
    return lap(ran());
  }

  private Finished ran() {
    boolean reads = work == GenerateWork.PREFILL;
    var command = new ArrayList<String>();
    command.add(program.toString());
    command.addAll(List.of("-m", model.toString(), "-t", Integer.toString(threads)));
    command.addAll(List.of("-p", Integer.toString(reads ? work.prompt() : 0)));
    command.addAll(List.of("-n", Integer.toString(reads ? 0 : work.written())));
    command.addAll(List.of("-r", "1", "-o", "json"));
    return Finished.run(command, variables -> Environment.PLAIN.apply(variables, threads));
  }

  private Lap lap(Finished ran) {
    var row = only(ran.output());
    long tokens = row.path("n_prompt").asLong() + row.path("n_gen").asLong();
    double nanos = row.path("avg_ns").asDouble();
    if (tokens < 1 || !(nanos > 0)) {
      throw new BenchException(PROGRAM + " told neither tokens nor time: " + row);
    }
    return new Lap(tokens, nanos / 1e9, Double.NaN, ran.residentBytes());
  }

  private static JsonNode only(String output) {
    try {
      return BenchJson.MAPPER.readTree(output).path(0);
    } catch (JacksonException e) {
      throw new BenchException(PROGRAM + " wrote no JSON: " + output, e);
    }
  }

  @Override
  public void close() {
    // Each round's process has ended.
  }

  @Override
  public String toString() {
    return LlamaCpp.NAME;
  }
}
