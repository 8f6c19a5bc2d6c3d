package inkstone.cli;

import inkstone.journal.Terminal;
import inkstone.train.EncoderRecipe;
import inkstone.train.EncoderTraining;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code inkstone finetune}: teaches an encoder a task. */
@Command(
    name = "finetune",
    mixinStandardHelpOptions = true,
    description = "Teach an encoder a task by examples (see docs/guide/encoders.md).")
final class FinetuneCommand implements Callable<Integer> {

  @Option(
      names = "--task",
      paramLabel = "TASK",
      description = "classification, token_labels or masked_language.")
  private String task = "";

  @Option(
      names = "--model",
      paramLabel = "DIR",
      description = "The encoder to begin with; without one, random weights.")
  private String model = "";

  @Option(
      names = "--train",
      paramLabel = "FILE",
      description = "Examples to learn from: .csv, .tsv, .jsonl, .conll; may be repeated.")
  private List<Path> training = List.of();

  @Option(
      names = "--validation",
      paramLabel = "FILE",
      description = "Examples to choose by; without them, a part of --train.")
  private List<Path> validation = List.of();

  @Option(names = "--test", paramLabel = "FILE", description = "Examples to judge by in the end.")
  private List<Path> test = List.of();

  @Option(names = "--recipe", paramLabel = "FILE", description = "A YAML file; see recipes/.")
  private Path recipe = Path.of("");

  @Option(
      names = "--set",
      paramLabel = "KEY=VALUE",
      description = "Put this in the recipe, for example optimizer.learning_rate=3e-5.")
  private List<String> overrides = List.of();

  @Option(names = "--out", required = true, paramLabel = "DIR", description = "The run's folder.")
  private Path out = Path.of("");

  @Option(names = "--resume", description = "Go on with the run in --out, by its own recipe.")
  private boolean resume;

  @Spec private CommandSpec spec = CommandSpec.create();

  @Override
  public Integer call() {
    try (var stop = Interrupts.listen()) {
      var run =
          (resume ? EncoderTraining.resuming() : EncoderTraining.of(recipe()))
              .told(CommandLines.typed(spec), stop, List.of(Terminal.standardError()));
      return Reports.writeEncoder(out, "finetune", run.run(out));
    }
  }

  private EncoderRecipe recipe() {
    boolean file = !recipe.toString().isEmpty();
    if (!file && training.isEmpty()) {
      throw new ParameterException(
          spec.commandLine(),
          "give examples by --train FILE, or a recipe by --recipe FILE, or go on with a run by --resume");
    }
    var all = new ArrayList<String>();
    if (!task.isEmpty()) {
      all.add("task=" + task);
    }
    if (!model.isEmpty()) {
      all.add("from=" + quoted(Models.path(model).toString()));
    }
    files("data.training", training, all);
    files("data.validation", validation, all);
    files("data.test", test, all);
    all.addAll(overrides);
    return file ? EncoderRecipe.read(recipe, all) : EncoderRecipe.of(all);
  }

  private static void files(String key, List<Path> files, List<String> to) {
    if (!files.isEmpty()) {
      to.add(
          key
              + "="
              + files.stream()
                  .map(f -> quoted(f.toString()))
                  .collect(Collectors.joining(", ", "[", "]")));
    }
  }

  /** As YAML writes a text that may hold anything. */
  private static String quoted(String text) {
    return "'" + text.replace("'", "''") + "'";
  }
}
