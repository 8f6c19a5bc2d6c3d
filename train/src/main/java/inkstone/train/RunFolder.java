package inkstone.train;

import inkstone.journal.Journal;
import inkstone.journal.RecipeFrozen;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.OptionalLong;
import java.util.stream.LongStream;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.json.JsonMapper;

/**
 * A run is a folder: {@code recipe.yaml}, {@code run.jsonl}, {@code data/}, {@code checkpoints/},
 * {@code model/}.
 */
record RunFolder(Path path) {

  private static final String DECAY = "decay_started";
  private static final JsonMapper JSON = new JsonMapper();

  /**
   * Refuses to begin a second run where one is, and to resume where there is none. What ended
   * before its recipe was frozen (a corpus that is not there, a kill) was none: it begins again.
   */
  static RunFolder open(Path path, boolean resume) {
    boolean used = isRun(path);
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

  /** Settles by which recipe the run goes, now and after each resume. */
  RecipeFrozen freeze(Record recipe) {
    var yaml = RecipeFile.write(recipe);
    Atomic.write(recipe(), yaml);
    return new RecipeFrozen(yaml);
  }

  /** Whether the recipe is frozen, and with it tokenizer and token shards. */
  static boolean isRun(Path path) {
    return Files.exists(path.resolve("recipe.yaml"));
  }

  Path recipe() {
    return path.resolve("recipe.yaml");
  }

  Path model() {
    return path.resolve("model");
  }

  /**
   * Where the decay of a run began, as its journal says: lines cancelled by a resume count too, for
   * the run may have been killed again before it came there.
   */
  static OptionalLong decayStart(Path run) {
    var journal = run.resolve(Journal.FILE);
    if (!Files.exists(journal)) {
      return OptionalLong.empty();
    }
    try {
      // Not readString: a cut last line may end inside a character.
      return new String(Files.readAllBytes(journal), StandardCharsets.UTF_8)
          .lines()
          .filter(line -> line.contains(DECAY))
          .flatMapToLong(RunFolder::step)
          .reduce((first, second) -> second);
    } catch (IOException e) {
      throw new TrainingException(journal + " cannot be read: " + e, e);
    }
  }

  /** The step of a line, where it is whole and tells of the decay. */
  private static LongStream step(String line) {
    try {
      var event = JSON.readTree(line);
      return event.path("type").asString("").equals(DECAY)
          ? LongStream.of(event.path("step").asLong())
          : LongStream.empty();
    } catch (JacksonException e) {
      return LongStream.empty();
    }
  }
}
