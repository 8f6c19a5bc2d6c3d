package inkstone.train;

import inkstone.journal.DecayStarted;
import inkstone.journal.Journal;
import inkstone.journal.RunLog;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.OptionalLong;

/**
 * A run is a folder: {@code recipe.yaml}, {@code run.jsonl}, {@code data/}, {@code checkpoints/},
 * {@code model/}.
 */
record RunFolder(Path path) {

  /** Refuses to begin a second run where one is, and to resume where there is none. */
  static RunFolder open(Path path, boolean resume) {
    // A run that ended before its recipe was settled has nothing to lose: it begins again.
    boolean used = Files.exists(path.resolve("recipe.yaml"));
    if (used && !resume) {
      throw new TrainingException(
          "%s holds a run already: go on with it by --resume, or choose another folder with --out"
              .formatted(path));
    }
    if (resume && !used) {
      throw new TrainingException(
          "%s holds no run to resume (no recipe.yaml); leave out --resume to begin one"
              .formatted(path));
    }
    Atomic.directory(path);
    return new RunFolder(path);
  }

  Path recipe() {
    return path.resolve("recipe.yaml");
  }

  Path model() {
    return path.resolve("model");
  }

  /** Where the decay of a run began, as its journal says: lines cancelled by a resume count too. */
  static OptionalLong decayStart(Path run) {
    if (!Files.exists(run.resolve(Journal.FILE))) {
      return OptionalLong.empty();
    }
    return RunLog.read(run).find(DecayStarted.class).stream()
        .mapToLong(DecayStarted::step)
        .findFirst();
  }
}
