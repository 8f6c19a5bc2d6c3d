package inkstone.cli;

import inkstone.data.SentencePairs;
import inkstone.evaluate.Bleu;
import inkstone.evaluate.BleuTokenizer;
import inkstone.evaluate.Chrf;
import inkstone.generate.Translation;
import inkstone.generate.Translator;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.stream.Stream;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code inkstone translate}: sentences in one language to sentences in another. */
@Command(
    name = "translate",
    description = {
      "Translate sentences, one on each line.",
      "Translations go to standard output as they come, all else to standard error."
    },
    mixinStandardHelpOptions = true)
final class TranslateCommand implements Callable<Integer> {

  @Option(
      names = "--model",
      required = true,
      paramLabel = "DIR|SOURCE",
      description = "A translation model's folder, or a source that was pulled.")
  private String model = "";

  @Parameters(
      arity = "0..1",
      paramLabel = "FILE",
      description = "What to translate, also with .gz (default: standard input).")
  private Optional<Path> file = Optional.empty();

  @Option(
      names = "--reference",
      paramLabel = "FILE",
      description = "Translations by people, line by line: BLEU and chrF are told at the end.")
  private Optional<Path> reference = Optional.empty();

  @Option(
      names = "--beams",
      paramLabel = "N",
      description = "How many translations are gone on with at once (default: 5).")
  private int beams = Translator.BEAM;

  @Option(
      names = "--length-penalty",
      paramLabel = "X",
      description = "Above 0, long translations gain (default: 1).")
  private double lengthPenalty = 1;

  @Option(
      names = "--words",
      description = "Write the words as the model does, with a space between them.")
  private boolean words;

  @Override
  public Integer call() {
    var references = reference.map(SentencePairs::lines);
    try (var translator = Translator.open(Models.path(model));
        var lines = lines()) {
      long start = System.nanoTime();
      var made = new ArrayList<Translation>();
      for (var sentence : (Iterable<String>) lines::iterator) {
        var translation = translator.translate(sentence, beams, lengthPenalty);
        made.add(translation);
        print(words ? translation.words() : translation.text());
        if (System.out.checkError()) {
          return 0; // Nobody reads any more.
        }
      }
      double seconds = (System.nanoTime() - start) / 1e9;
      System.err.println(
          String.format(
              Locale.ROOT,
              "%d sentences in %.1f s, %.1f each second",
              made.size(),
              seconds,
              made.size() / Math.max(1e-9, seconds)));
      references.ifPresent(right -> score(translator, made, right));
      return 0;
    }
  }

  private Stream<String> lines() {
    return file.map(SentencePairs::lines).map(List::stream).orElseGet(TranslateCommand::typed);
  }

  private static Stream<String> typed() {
    return new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8)).lines();
  }

  private static void print(String line) {
    try {
      System.out.write((line + "\n").getBytes(StandardCharsets.UTF_8));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    System.out.flush();
  }

  private static void score(
      Translator translator, List<Translation> made, List<String> references) {
    if (made.size() != references.size()) {
      throw new inkstone.data.CorpusException(
          "%d sentences were translated, but --reference has %d; it needs a line for each"
              .formatted(made.size(), references.size()));
    }
    var target = translator.form().target();
    var texts = made.stream().map(Translation::text).toList();
    var bleu = new Bleu(BleuTokenizer.of(target.language()), target.lowercase());
    tell("BLEU", bleu.of(texts, references).score(), bleu.signature());
    var chrf = new Chrf(0, target.lowercase());
    tell(chrf.name(), chrf.of(texts, references), chrf.signature());
    if (target.moses()) {
      var plain = new Bleu(BleuTokenizer.NONE, false);
      var written = made.stream().map(Translation::words).toList();
      var right = references.stream().map(target::words).toList();
      tell("tokenised BLEU", plain.of(written, right).score(), plain.signature());
    }
  }

  private static void tell(String metric, double score, String signature) {
    System.err.println(String.format(Locale.ROOT, "%s %.2f (%s)", metric, score, signature));
  }
}
