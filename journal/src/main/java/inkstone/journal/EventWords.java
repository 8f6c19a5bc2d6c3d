package inkstone.journal;

import java.util.stream.Collectors;

/** Events in plain English, a line or a few each. */
final class EventWords {

  private EventWords() {}

  static String of(Event event) {
    return Words.harmless(
        switch (event) {
          case RunStarted e -> started(e);
          case InputSkipped e -> "skipped   " + e.file() + ": " + e.reason();
          case CorpusRead e -> corpus(e);
          case TokenizerLearned e ->
              "tokenizer "
                  + e.kind()
                  + ", "
                  + Words.exact(e.vocabulary())
                  + " tokens, "
                  + Words.fixed(e.bytesPerToken(), 2)
                  + " bytes per token, in "
                  + Words.fixed(e.seconds(), 1)
                  + " s";
          case Calibrated e -> calibrated(e);
          case Planned e -> plan(e);
          case WordsPlanned e -> words(e);
          case Scored e ->
              "scored    "
                  + e.test()
                  + ": "
                  + e.metric()
                  + " "
                  + Words.fixed(e.score(), 4)
                  + ", "
                  + Words.exact(e.covered())
                  + " of "
                  + Words.exact(e.questions())
                  + " questions";
          case TranslationScored e ->
              "scored    "
                  + e.split()
                  + ": "
                  + e.metric()
                  + " "
                  + Words.fixed(e.score(), 2)
                  + " ("
                  + e.signature()
                  + ")";
          case RecipeFrozen _ -> "recipe    frozen";
          case NetworkBuilt e ->
              "network   " + e.family() + ", " + Words.exact(e.parameters()) + " parameters";
          case Step e -> "step " + Words.exact(e.step()) + ", loss " + Words.fixed(e.loss(), 3);
          case DecayStarted e -> "decay     starts at step " + Words.exact(e.step());
          case Evaluated e ->
              "evaluated step "
                  + Words.exact(e.step())
                  + ", "
                  + e.split()
                  + ": "
                  + Words.fixed(e.bitsPerByte(), 4)
                  + " bits per byte, loss "
                  + Words.fixed(e.loss(), 4);
          case BaselineMeasured e ->
              "baseline  "
                  + e.name()
                  + ": "
                  + Words.fixed(e.baselineBitsPerByte(), 4)
                  + " bits per byte";
          case Judged e -> judged(e);
          case Guessed e ->
              "guessed   step "
                  + Words.exact(e.step())
                  + ", "
                  + e.split()
                  + ": "
                  + Words.fixed(100 * e.accuracy(), 2)
                  + " % of "
                  + Words.exact(e.hidden())
                  + " hidden tokens, loss "
                  + Words.fixed(e.loss(), 4);
          case BaselineJudged e ->
              "baseline  "
                  + e.name()
                  + ", "
                  + e.split()
                  + ": "
                  + Words.fixed(100 * e.accuracy(), 2)
                  + " % right, F1 "
                  + Words.fixed(e.macroF1(), 4);
          case Confused e ->
              "confusion " + e.split() + ", true by given " + e.labels() + ": " + e.counts();
          case Mistaken e ->
              "mistake   "
                  + e.expected()
                  + " taken for "
                  + e.given()
                  + " ("
                  + Words.percent(e.probability())
                  + "): "
                  + e.text();
          case Sampled e -> "sample    step " + Words.exact(e.step()) + indented(e);
          case CheckpointSaved e -> "saved     step " + Words.exact(e.step()) + " in " + e.path();
          case Resumed e -> "resumed   after step " + Words.exact(e.step());
          case PullStarted e -> pull(e);
          case Downloading e ->
              "fetching  " + e.file() + ", " + Words.bytes(e.fileBytes()) + " so far";
          case Downloaded e ->
              "fetched   "
                  + e.file()
                  + ", "
                  + Words.bytes(e.bytes())
                  + " in "
                  + Words.clock(e.seconds())
                  + (e.checked() ? "" : ", sha256 " + e.sha256());
          case Pulled e ->
              "here      "
                  + e.path()
                  + (e.bytes() == 0
                      ? ""
                      : " (" + Words.bytes(e.bytes()) + " in " + Words.clock(e.seconds()) + ")");
          case Noted e ->
              (e.level().equals(Noted.WARNING) ? "warning   " : "note      ") + e.message();
          case Finished e ->
              "finished  "
                  + e.reason()
                  + " after "
                  + Words.exact(e.step())
                  + " steps and "
                  + Words.clock(e.seconds());
          case Unknown e -> e.type() + " " + e.fields();
          default -> EventTypes.nameOf(event.getClass()) + " " + Lines.MAPPER.valueToTree(event);
        });
  }

  private static String judged(Judged e) {
    return "judged    step "
        + Words.exact(e.step())
        + ", "
        + e.split()
        + ": "
        + Words.fixed(100 * e.accuracy(), 2)
        + " % of "
        + Words.exact(e.examples())
        + " right, F1 "
        + Words.fixed(e.macroF1(), 4)
        + ", loss "
        + Words.fixed(e.loss(), 4);
  }

  private static String started(RunStarted e) {
    var machine = e.machine();
    return e.command()
        + "\n"
        + "machine   "
        + machine.cpu()
        + ", "
        + machine.cores()
        + " cores, "
        + Words.bytes(machine.memoryBytes())
        + ", "
        + machine.engine()
        + " on "
        + machine.device()
        + ", seed "
        + e.seed();
  }

  private static String corpus(CorpusRead e) {
    return "corpus    "
        + Words.exact(e.documents())
        + (e.documents() == 1 ? " document, " : " documents, ")
        + Words.bytes(e.bytes())
        + (e.share() < 1 ? " (" + Words.percent(e.share()) + " of all)" : "")
        + ": "
        + Words.bytes(e.trainingBytes())
        + " to train, "
        + Words.bytes(e.heldOutBytes())
        + " held out, split by "
        + e.split();
  }

  private static String calibrated(Calibrated e) {
    return "machine   trains "
        + Words.count(e.tokensPerSecond())
        + " tokens/s in "
        + e.compute()
        + (e.rates().size() > 1
            ? e.rates().entrySet().stream()
                .map(rate -> rate.getKey() + " " + Words.count(rate.getValue()))
                .collect(Collectors.joining(", ", " (", ")"))
            : "")
        + ", matmul "
        + Words.unit(e.matmulRoof(), "FLOP/s");
  }

  private static String pull(PullStarted e) {
    return "pull      "
        + e.source()
        + (e.snapshot().isEmpty() ? "" : " (" + e.snapshot() + ")")
        + ": "
        + e.files()
        + (e.files() == 1 ? " file" : " files")
        + (e.bytes() > 0 ? ", " + Words.bytes(e.bytes()) : "")
        + (e.presentBytes() > 0 ? ", of which here " + Words.bytes(e.presentBytes()) : "");
  }

  private static String plan(Planned e) {
    return "plan for "
        + minutes(e.minutes())
        + "\n"
        + "  network     "
        + Words.exact(e.parameters())
        + " parameters: "
        + e.layers()
        + " layers, width "
        + e.width()
        + ", "
        + e.heads()
        + " heads, context "
        + e.context()
        + "\n"
        + "  vocabulary  "
        + Words.exact(e.vocabulary())
        + " tokens\n"
        + "  training    "
        + Words.exact(e.tokens())
        + " tokens in "
        + Words.exact(e.steps())
        + " steps of "
        + Words.exact(e.tokensPerStep())
        + "\n"
        + "  expected    "
        + minutes(e.expectedMinutes())
        + "\n"
        + "  rule        "
        + e.rule();
  }

  private static String words(WordsPlanned e) {
    return "plan      "
        + e.method()
        + ": "
        + Words.exact(e.vocabulary())
        + " words of "
        + Words.exact(e.dimensions())
        + " dimensions from a text of "
        + Words.exact(e.words())
        + " words, read "
        + (e.epochs() == 1 ? "once" : e.epochs() + " times")
        + " by "
        + (e.threads() == 1 ? "1 thread" : e.threads() + " threads");
  }

  private static String minutes(double minutes) {
    return minutes == 1 ? "1 minute" : Words.fixed(minutes, minutes % 1 == 0 ? 0 : 1) + " minutes";
  }

  private static String indented(Sampled e) {
    return (e.prompt() + e.text())
        .lines()
        .map(line -> "\n  | " + line)
        .collect(Collectors.joining());
  }
}
