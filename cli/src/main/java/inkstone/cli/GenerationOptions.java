package inkstone.cli;

import inkstone.generate.GenerationException;
import inkstone.generate.GenerationRequest;
import inkstone.generate.LanguageModel;
import inkstone.generate.Speculation;
import inkstone.generate.constraint.Constraint;
import inkstone.tensor.KvType;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Option;

/** How to write: the options that all verbs that write share. */
final class GenerationOptions {

  private static final int GUESSES = 4;

  /** Three tokens that came before are seldom followed by chance alone. */
  private static final int LOOKED_UP = 3;

  @Option(
      names = "--max-tokens",
      paramLabel = "N",
      description = "The most tokens to write at once (default: 256, in a chat 1024).")
  private @Nullable Integer maxTokens;

  @Option(
      names = "--temperature",
      paramLabel = "T",
      description = "0 always takes the likeliest token (default: what the model says, else 0.8).")
  private @Nullable Double temperature;

  @Option(names = "--top-k", paramLabel = "K", description = "Only the K likeliest; 0 is off.")
  private @Nullable Integer topK;

  @Option(names = "--top-p", paramLabel = "P", description = "Only the likeliest that make up P.")
  private @Nullable Double topP;

  @Option(
      names = "--min-p",
      paramLabel = "P",
      description = "Only those with at least P times the likeliest's probability.")
  private @Nullable Double minP;

  @Option(
      names = "--repetition-penalty",
      paramLabel = "R",
      description = "Above 1: tokens that were there come less; 1 is off.")
  private @Nullable Double repetitionPenalty;

  @Option(
      names = "--stop",
      paramLabel = "TEXT",
      description = "End before this text; may be given several times.")
  private List<String> stop = List.of();

  @Option(names = "--seed", paramLabel = "N", description = "Gives the same text again.")
  private @Nullable Long seed;

  @Option(
      names = "--cache",
      paramLabel = "float32|bfloat16|int8",
      description =
          "How keys and values are kept: in 32, 16 or 8 bits a number (default: ${DEFAULT-VALUE}).")
  private KvType cache = KvType.FLOAT32;

  @ArgGroup private @Nullable Form form;

  @ArgGroup private @Nullable Ahead ahead;

  @Option(
      names = "--guesses",
      paramLabel = "N",
      description = "How many tokens --lookup or --draft guess at once (default: 4).")
  private @Nullable Integer guesses;

  /** What the text is held to; one of these. */
  static final class Form {

    @Option(
        names = "--json-schema",
        paramLabel = "FILE",
        description = "Write JSON that is valid by this schema; see docs/guide/structured.md.")
    private @Nullable Path schema;

    @Option(
        names = "--regex",
        paramLabel = "EXPR",
        description = "Write a text that matches this regular expression as a whole.")
    private @Nullable String regex;

    private Constraint constraint() {
      if (schema == null) {
        return Constraint.regex(regex == null ? "" : regex);
      }
      try {
        return Constraint.json(Files.readString(schema));
      } catch (IOException e) {
        throw new GenerationException(
            "%s cannot be read: %s".formatted(schema, ChatFiles.why(e)), e);
      }
    }
  }

  /** Where tokens are guessed from, which changes the speed and not the text; one of these. */
  static final class Ahead {

    @Option(
        names = "--lookup",
        required = true,
        description = "Guess from what the text holds already; for texts that repeat their prompt.")
    private boolean lookup;

    @Option(
        names = "--draft",
        required = true,
        paramLabel = "DIR|FILE|SOURCE",
        description = "Guess with a smaller model of the same vocabulary.")
    private @Nullable String draft;
  }

  /**
   * The models that are at work.
   *
   * @param main the one that writes
   * @param draft the one that guesses for it
   */
  record Opened(LanguageModel main, Optional<LanguageModel> draft) implements AutoCloseable {
    @Override
    public void close() {
      main.close();
      draft.ifPresent(LanguageModel::close);
    }
  }

  /** Opens the model, and the one that guesses for it. */
  Opened open(String model) {
    var main = Models.open(model, cache);
    try {
      var name = Optional.ofNullable(ahead == null ? null : ahead.draft);
      return new Opened(main, name.map(each -> Models.open(each, cache)));
    } catch (RuntimeException e) {
      main.close();
      throw e;
    }
  }

  /** The same request, with tokens guessed ahead where that was asked for. */
  GenerationRequest guessing(GenerationRequest request, Opened opened) {
    if (ahead == null) {
      if (guesses != null) {
        throw new GenerationException("--guesses says how many; give --lookup or --draft with it");
      }
      return request;
    }
    int most = guesses == null ? GUESSES : guesses;
    return request.speculation(
        opened
            .draft()
            .<Speculation>map(model -> new Speculation.Draft(model, most))
            .orElseGet(() -> new Speculation.PromptLookup(LOOKED_UP, most)));
  }

  /**
   * A request to go on from {@code prompt}.
   *
   * @param otherwise the most tokens where nothing is said
   */
  GenerationRequest request(String prompt, int otherwise) {
    var request =
        GenerationRequest.of(prompt)
            .maxTokens(maxTokens == null ? otherwise : maxTokens)
            .stop(stop);
    request = temperature == null ? request : request.temperature(temperature);
    request = topK == null ? request : request.topK(topK);
    request = topP == null ? request : request.topP(topP);
    request = minP == null ? request : request.minP(minP);
    request = repetitionPenalty == null ? request : request.repetitionPenalty(repetitionPenalty);
    request = form == null ? request : request.constraint(form.constraint());
    return seed == null ? request : request.seed(seed);
  }
}
