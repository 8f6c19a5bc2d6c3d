package inkstone.cli;

import inkstone.journal.Terminal;
import inkstone.train.EncoderRecipe;
import inkstone.train.EncoderTraining;
import inkstone.train.Pretraining;
import inkstone.train.Recipe;
import inkstone.train.TranslationRecipe;
import inkstone.train.TranslationTraining;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code inkstone pretrain}: trains a network by a recipe. */
@Command(
    name = "pretrain",
    mixinStandardHelpOptions = true,
    description = "Train a decoder, an encoder or a translation model by a recipe (see recipes/).")
final class PretrainCommand implements Callable<Integer> {

  @Option(names = "--recipe", paramLabel = "FILE", description = "A YAML file; see recipes/.")
  private Path recipe = Path.of("");

  @Option(
      names = "--set",
      paramLabel = "KEY=VALUE",
      description = "Put this in the recipe, for example model.layers=6; may be repeated.")
  private List<String> overrides = List.of();

  @Option(names = "--out", required = true, paramLabel = "DIR", description = "The run's folder.")
  private Path out = Path.of("");

  @Option(names = "--resume", description = "Go on with the run in --out, by its own recipe.")
  private boolean resume;

  @Spec private CommandSpec spec = CommandSpec.create();

  @Override
  public Integer call() {
    if (!resume && recipe.toString().isEmpty()) {
      throw new ParameterException(
          spec.commandLine(),
          "give a recipe by --recipe FILE (see recipes/), or go on with a run by --resume");
    }
    var file = resume ? out.resolve("recipe.yaml") : recipe;
    if (TranslationRecipe.describes(file)) {
      return translation();
    }
    if (EncoderRecipe.isOne(file)) {
      return encoder();
    }
    try (var stop = Interrupts.listen()) {
      var pretraining =
          (resume ? Pretraining.of(Recipe.DEFAULTS).resuming() : Pretraining.by(recipe, overrides))
              .told(CommandLines.typed(spec), stop, List.of(Terminal.standardError()));
      return Reports.write(out, "pretrain", pretraining.run(out));
    }
  }

  /** The same by a recipe whose task is translation. */
  private int translation() {
    try (var stop = Interrupts.listen()) {
      var run =
          (resume
                  ? TranslationTraining.resuming()
                  : TranslationTraining.of(TranslationRecipe.read(recipe, overrides)))
              .told(CommandLines.typed(spec), stop, List.of(Terminal.standardError()));
      return Reports.writeTranslation(out, "pretrain", run.run(out));
    }
  }

  /** The same by a recipe with another task, which is that of an encoder. */
  private int encoder() {
    try (var stop = Interrupts.listen()) {
      var run =
          (resume
                  ? EncoderTraining.resuming()
                  : EncoderTraining.of(EncoderRecipe.read(recipe, overrides)))
              .told(CommandLines.typed(spec), stop, List.of(Terminal.standardError()));
      return Reports.writeEncoder(out, "pretrain", run.run(out));
    }
  }
}
