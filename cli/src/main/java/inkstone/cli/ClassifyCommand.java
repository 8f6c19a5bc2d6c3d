package inkstone.cli;

import inkstone.model.TextClassifier;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import tools.jackson.databind.json.JsonMapper;

/** {@code inkstone classify}: says which label texts have. */
@Command(
    name = "classify",
    mixinStandardHelpOptions = true,
    description = "Say which label texts have, by a model that finetune wrote.")
final class ClassifyCommand implements Callable<Integer> {

  private static final JsonMapper JSON = new JsonMapper();

  @Option(names = "--model", required = true, paramLabel = "DIR", description = "The classifier.")
  private String model = "";

  @Option(names = "--json", description = "Give every label's probability, an object a line.")
  private boolean json;

  @Parameters(
      paramLabel = "TEXT",
      arity = "0..*",
      description = "The texts; without any, the lines of standard input.")
  private List<String> texts = List.of();

  @Override
  public Integer call() {
    try (var classifier = TextClassifier.open(Models.path(model))) {
      for (var text : texts.isEmpty() ? lines() : texts) {
        var scores = classifier.classify(text);
        System.out.println(
            json
                ? line(text, scores)
                : String.format(
                    Locale.ROOT, "%s\t%.4f\t%s", scores.best(), scores.probability(), text));
      }
      return 0;
    }
  }

  private static String line(String text, TextClassifier.Scores scores) {
    var node = JSON.createObjectNode().put("text", text).put("label", scores.best());
    var all = node.putObject("probabilities");
    for (int i = 0; i < scores.labels().size(); i++) {
      all.put(scores.labels().get(i), scores.probabilities().get(i));
    }
    return JSON.writeValueAsString(node);
  }

  /** The lines of standard input that are not blank. */
  static List<String> lines() {
    try (var reader =
        new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8))) {
      return reader.lines().filter(line -> !line.isBlank()).toList();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
