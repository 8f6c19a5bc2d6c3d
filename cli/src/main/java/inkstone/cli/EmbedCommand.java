package inkstone.cli;

import inkstone.model.Pooling;
import inkstone.model.SentenceEncoder;
import inkstone.model.SentencePooling;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import tools.jackson.databind.json.JsonMapper;

/** {@code inkstone embed}: texts as rows of numbers. */
@Command(
    name = "embed",
    mixinStandardHelpOptions = true,
    description = "Turn texts into rows of numbers, near each other where their meaning is.")
final class EmbedCommand implements Callable<Integer> {

  private static final JsonMapper JSON = new JsonMapper();

  @Option(names = "--model", required = true, paramLabel = "DIR", description = "The encoder.")
  private String model = "";

  @Option(
      names = "--pooling",
      paramLabel = "mean|cls",
      description = "How tokens become one row; as the model's modules.json says without it.")
  private Optional<Pooling> pooling = Optional.empty();

  @Option(
      names = "--similar",
      description = "Instead of the numbers, how alike each text is to the first: the cosine.")
  private boolean similar;

  @Parameters(
      paramLabel = "TEXT",
      arity = "0..*",
      description = "The texts; without any, the lines of standard input.")
  private List<String> texts = List.of();

  @Override
  public Integer call() {
    var directory = Models.path(model);
    var own = SentencePooling.read(directory);
    var wanted =
        new SentencePooling(pooling.orElse(own.pooling()), own.normalised(), own.longest());
    try (var encoder = SentenceEncoder.open(directory, wanted)) {
      var all = texts.isEmpty() ? ClassifyCommand.lines() : texts;
      var rows = encoder.embedAll(all);
      for (int i = 0; i < rows.size(); i++) {
        if (similar) {
          var cosine = cosine(rows.getFirst(), rows.get(i));
          System.out.println(String.format(Locale.ROOT, "%.4f\t%s", cosine, all.get(i)));
        } else {
          var line = JSON.createObjectNode().put("text", all.get(i));
          line.set("embedding", JSON.valueToTree(rows.get(i)));
          System.out.println(JSON.writeValueAsString(line));
        }
      }
      return 0;
    }
  }

  private static double cosine(float[] a, float[] b) {
    double both = 0;
    double first = 0;
    double second = 0;
    for (int i = 0; i < a.length; i++) {
      both += (double) a[i] * b[i];
      first += (double) a[i] * a[i];
      second += (double) b[i] * b[i];
    }
    return both / Math.max(1e-12, Math.sqrt(first * second));
  }
}
