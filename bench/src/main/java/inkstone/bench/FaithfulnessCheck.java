package inkstone.bench;

import inkstone.generate.LanguageModel;
import inkstone.tensor.Engine;
import inkstone.tensor.GgufFile;
import inkstone.tensor.GgufType;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;

/**
 * What is looked at before anything is timed: a real model reads real text on both sides.
 *
 * @param model a GGUF file; it is written anew where its matrices are not of the type that is timed
 * @param text a file of UTF-8, such as a part of WikiText-2
 */
public record FaithfulnessCheck(Path model, Path text) {

  static final String PROGRAM = "llama-perplexity";

  /** Half of each chunk is asked: 8 times 255 tokens. */
  private static final int CONTEXT = 512;

  private static final int CHUNKS = 8;

  private static final Set<GgufType> WRITTEN =
      Set.of(GgufType.F32, GgufType.F16, GgufType.Q8_0, GgufType.Q4_0);

  /**
   * Looks.
   *
   * @param timed how the matrices are stored of what is timed
   * @param notice gets a line if it cannot be looked at
   * @throws BenchException if we are further from the weights than llama.cpp is
   */
  Optional<Faithfulness> run(
      GgufType timed,
      LlamaCpp home,
      int threads,
      Consumer<String> progress,
      Consumer<String> notice) {
    var program = home.program(PROGRAM);
    var missing =
        !Files.isRegularFile(model)
            ? "there is no model " + model
            : !Files.isRegularFile(text)
                ? "there is no text " + text
                : program.isEmpty() ? home.lacks(PROGRAM) : "";
    if (!missing.isEmpty()) {
      notice.accept(unchecked(missing));
      return Optional.empty();
    }
    var stored = type(model);
    if (stored != timed && !WRITTEN.contains(timed)) {
      notice.accept(
          unchecked("%s holds %s and not %s, which is timed".formatted(model, stored, timed)));
      return Optional.empty();
    }
    progress.accept("checking both sides on " + model);
    Engine.threads(threads);
    try (var folder = Folder.temporary()) {
      var file = stored == timed ? model : folder.path().resolve(model.getFileName());
      if (stored != timed) {
        try (var opened = LanguageModel.widened(model)) {
          opened.saveGguf(file, timed);
        }
      }
      var saved = folder.path().resolve("logits");
      Finished.run(
          command(program.get(), file, saved, threads), v -> Environment.PLAIN.apply(v, threads));
      var found = Faithfulness.of(file, timed, SavedLogits.open(saved));
      progress.accept(found.toString());
      if (!found.holds()) {
        throw new BenchException(
            "void: we are further from the weights of %s than llama.cpp is; %s"
                .formatted(model, found));
      }
      return Optional.of(found);
    }
  }

  /** What is told where it cannot be looked at. */
  static String unchecked(String why) {
    return "not checked that both sides compute the same, so the figures do not count: " + why;
  }

  private List<String> command(Path program, Path file, Path saved, int threads) {
    return List.of(
        program.toString(),
        "-m",
        file.toString(),
        "-f",
        text.toString(),
        "-c",
        Integer.toString(CONTEXT),
        "-b",
        Integer.toString(CONTEXT),
        "--chunks",
        Integer.toString(CHUNKS),
        "-t",
        Integer.toString(threads),
        "--kl-divergence-base",
        saved.toString());
  }

  /** How most of a file's numbers are stored. */
  static GgufType type(Path file) {
    try (var opened = GgufFile.open(file)) {
      var sums = new EnumMap<GgufType, Long>(GgufType.class);
      opened.names().stream()
          .map(opened::entry)
          .forEach(entry -> sums.merge(entry.type(), entry.data().byteSize(), Long::sum));
      return sums.entrySet().stream()
          .max(Map.Entry.comparingByValue())
          .orElseThrow(() -> new BenchException(file + " holds no weights"))
          .getKey();
    }
  }
}
