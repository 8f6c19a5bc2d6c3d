package inkstone.cli;

import inkstone.generate.BeamSearch;
import inkstone.generate.GenerationException;
import java.util.List;
import java.util.Optional;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParseResult;

/** A search for the likeliest texts, in place of drawing one. */
final class BeamOptions {

  /** What says how to draw, or is not known to a search. */
  private static final List<String> OTHERS =
      List.of(
          "--temperature",
          "--top-k",
          "--top-p",
          "--min-p",
          "--repetition-penalty",
          "--stop",
          "--seed",
          "--json-schema",
          "--regex",
          "--lookup",
          "--draft");

  @Option(
      names = "--beams",
      paramLabel = "N",
      description = "Go on with N texts at once and print the likeliest, rather than draw one.")
  private Optional<Integer> beams = Optional.empty();

  @Option(
      names = "--length-penalty",
      paramLabel = "X",
      description = {
        "Of --beams: a text counts by its log-probability divided by length^X;",
        "0 favours short ones (default: 1)."
      })
  private Optional<Double> lengthPenalty = Optional.empty();

  /**
   * The search; empty where none is asked for.
   *
   * @param parsed the words of the command
   * @throws GenerationException if it is asked for together with what it does not know
   */
  Optional<BeamSearch> search(int maxTokens, ParseResult parsed) {
    if (beams.isEmpty()) {
      if (lengthPenalty.isPresent()) {
        throw new GenerationException("--length-penalty belongs to --beams; give both or none");
      }
      return Optional.empty();
    }
    OTHERS.stream()
        .filter(parsed::hasMatchedOption)
        .findFirst()
        .ifPresent(
            name -> {
              throw new GenerationException(
                  "--beams takes the likeliest texts and knows no %s; leave one of them out"
                      .formatted(name));
            });
    var usual = BeamSearch.of(beams.get(), maxTokens);
    return Optional.of(
        new BeamSearch(
            usual.width(),
            usual.maxTokens(),
            lengthPenalty.orElse(usual.lengthPenalty()),
            usual.stopping()));
  }
}
