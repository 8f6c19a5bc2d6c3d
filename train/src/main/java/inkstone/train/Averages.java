package inkstone.train;

import inkstone.tensor.Safetensors;
import inkstone.tensor.Scope;
import inkstone.tensor.Tensor;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SequencedMap;

/**
 * The weights of a run's last evaluations, whose mean is often better than any of them (Vaswani et
 * al., 2017, section 6.1): files {@code averages/step-N.safetensors}.
 *
 * @param folder where they lie
 * @param count how many are kept
 */
record Averages(Path folder, int count) {

  private static final String NAME = "step-";
  private static final String END = ".safetensors";

  static Averages of(Path run, int count) {
    return new Averages(run.resolve("averages"), count);
  }

  /** Keeps the weights of a step, and lets the oldest go. */
  void keep(long step, SequencedMap<String, Tensor> parameters) {
    if (count < 2) {
      return;
    }
    Atomic.directory(folder);
    var weights = new LinkedHashMap<String, Tensor>();
    try (var scope = Scope.open()) {
      parameters.forEach((name, weight) -> weights.put(name, weight.detach()));
      Safetensors.write(folder.resolve(NAME + step + END), weights, Map.of());
    }
    var all = files();
    all.subList(0, Math.max(0, all.size() - count)).forEach(Atomic::delete);
  }

  /** Puts the mean of what was kept into the weights; gives of how many it is. */
  int apply(SequencedMap<String, Tensor> parameters) {
    var files = files();
    if (files.size() < 2) {
      return 1;
    }
    try (var scope = Scope.open()) {
      parameters.values().forEach(weight -> weight.detach().mulInPlace(0));
    }
    for (var file : files) {
      try (var scope = Scope.open()) {
        var kept = Safetensors.read(file);
        parameters.forEach(
            (name, weight) ->
                weight
                    .detach()
                    .addInPlace(
                        java.util.Objects.requireNonNull(kept.get(name)), 1.0 / files.size()));
      }
    }
    return files.size();
  }

  private List<Path> files() {
    if (!Files.isDirectory(folder)) {
      return List.of();
    }
    try (var all = Files.list(folder)) {
      return all.filter(p -> p.getFileName().toString().matches(NAME + "\\d+" + END))
          .sorted(Comparator.comparingLong(Averages::step))
          .toList();
    } catch (IOException e) {
      throw new TrainingException(folder + " cannot be listed: " + e, e);
    }
  }

  private static long step(Path file) {
    return Long.parseLong(file.getFileName().toString().replaceAll("\\D", ""));
  }
}
