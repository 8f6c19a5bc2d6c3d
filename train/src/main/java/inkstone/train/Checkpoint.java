package inkstone.train;

import inkstone.tensor.Safetensors;
import inkstone.tensor.SafetensorsException;
import inkstone.tensor.Scope;
import inkstone.tensor.Tensor;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SequencedMap;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.json.JsonMapper;

/**
 * The folders {@code checkpoints/step-N}: weights, moments and progress. A folder gets its name
 * when all in it is on the disk, and the last two are kept, so there is always a whole one.
 */
final class Checkpoint {

  private static final JsonMapper JSON = new JsonMapper();
  private static final String PARTIAL = ".partial";
  private static final int KEPT = 2;

  private Checkpoint() {}

  /** Writes a checkpoint and removes all but the last two. */
  static Path save(
      Path run, Progress progress, SequencedMap<String, Tensor> parameters, Optimizer optimizer) {
    var folder = run.resolve("checkpoints");
    var target = folder.resolve("step-" + progress.step());
    var partial = folder.resolve(target.getFileName() + PARTIAL);
    try {
      Atomic.delete(partial);
      Files.createDirectories(partial);
      var weights = new LinkedHashMap<String, Tensor>();
      try (var scope = Scope.open()) {
        parameters.forEach((name, weight) -> weights.put(name, weight.detach()));
        Safetensors.write(partial.resolve("weights.safetensors"), weights, Map.of());
      }
      Safetensors.write(partial.resolve("optimizer.safetensors"), optimizer.state(), Map.of());
      Atomic.write(partial.resolve("progress.json"), JSON.writeValueAsString(progress));
      Atomic.rename(partial, target);
      var all = list(folder);
      for (var old : all.subList(0, Math.max(0, all.size() - KEPT))) {
        Atomic.delete(old);
      }
      return target;
    } catch (IOException | SafetensorsException | TrainingException e) {
      Atomic.delete(partial);
      throw new TrainingException(
          "checkpoint %s cannot be written: %s; the one before is whole: make room and go on with --resume"
              .formatted(target, e.getMessage()),
          e);
    }
  }

  /** The newest checkpoint of a run. */
  static Optional<Path> last(Path run) {
    var all = list(run.resolve("checkpoints"));
    return all.isEmpty() ? Optional.empty() : Optional.of(all.getLast());
  }

  /** Puts weights and moments back and gives the progress. */
  static Progress load(
      Path checkpoint, SequencedMap<String, Tensor> parameters, Optimizer optimizer) {
    try (var scope = Scope.open()) {
      var progress = JSON.readValue(checkpoint.resolve("progress.json").toFile(), Progress.class);
      var weights = Safetensors.read(checkpoint.resolve("weights.safetensors"));
      parameters.forEach(
              (name, weight) -> {
                var saved = weights.get(name);
                if (saved == null) {
                  throw new TrainingException(checkpoint + " lacks the weight '" + name + "'");
                }
                weight.detach().copyInPlace(saved);
              });
      optimizer.restore(
          progress.step(), Safetensors.read(checkpoint.resolve("optimizer.safetensors")));
      return progress;
    } catch (JacksonException e) {
      throw damaged(checkpoint, e.getOriginalMessage(), e);
    } catch (SafetensorsException e) {
      throw damaged(checkpoint, e.getMessage(), e);
    }
  }

  private static TrainingException damaged(
      Path checkpoint, @Nullable String what, RuntimeException cause) {
    return new TrainingException(
        "%s is damaged: %s; remove that folder and resume from the one before"
            .formatted(checkpoint, what),
        cause);
  }

  private static List<Path> list(Path folder) {
    if (!Files.isDirectory(folder)) {
      return List.of();
    }
    try (var all = Files.list(folder)) {
      return all.filter(p -> p.getFileName().toString().matches("step-\\d+"))
          .sorted(java.util.Comparator.comparingLong(Checkpoint::step))
          .toList();
    } catch (IOException e) {
      throw new TrainingException(folder + " cannot be listed: " + e, e);
    }
  }

  private static long step(Path checkpoint) {
    return Long.parseLong(checkpoint.getFileName().toString().substring("step-".length()));
  }
}
