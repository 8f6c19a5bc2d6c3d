package inkstone.train;

import inkstone.text.MosesLanguage;

/** What the values of a translation recipe must be, beyond their types. */
final class TranslationRules {

  private TranslationRules() {}

  static void check(String where, TranslationRecipe recipe) {
    var rules = new RecipeRules(where);
    rules.device(recipe.device());
    rules.pace(recipe);
    var data = recipe.data();
    text(where, "data.source", data.source());
    boolean files = !data.heldOutSource().isEmpty();
    rules.require(
        "data.held_out_pairs",
        data.heldOutPairs(),
        files ? data.heldOutPairs() == 0 : data.heldOutPairs() > 0,
        files
            ? "0, since there is data.held_out_source"
            : "1 or more, or give data.held_out_source");
    for (var test : data.tests()) {
      if (!test.matches("[^:]+:[^:]+(:[^:]+)?")) {
        throw new TrainingException(
            "%s: data.tests must have a name, a colon and one file, or two with a colon between, but one is '%s'"
                .formatted(where, test));
      }
    }
    var text = recipe.text();
    text(where, "text.source", text.source());
    text(where, "text.target", text.target());
    if (text.moses()
        && java.util.stream.Stream.of(MosesLanguage.values())
            .noneMatch(l -> l.code().equals(text.source()) || l.code().equals(text.target()))) {
      throw new TrainingException(
          "%s: text.moses must be false for %s and %s: Moses' rules are here for en and de"
              .formatted(where, text.source(), text.target()));
    }
    rules.atLeast("text.vocabulary", text.vocabulary(), 258);
    model(rules, recipe.model());
    if (recipe.optimizer().kind() != Recipe.Optimizer.Kind.adamw) {
      throw new TrainingException(where + ": optimizer.kind must be adamw for a translation model");
    }
    var training = recipe.training();
    rules.atLeast("training.batch_tokens", training.batchTokens(), 1);
    rules.atLeast("training.average", training.average(), 1);
    rules.require(
        "training.average",
        training.average(),
        training.average() == 1 || training.evaluateEvery() > 0,
        "1 where training.evaluate_every is 0");
    rules.atLeast("search.beams", recipe.search().beams(), 1);
  }

  private static void model(RecipeRules rules, TranslationRecipe.Model model) {
    rules.atLeast("model.layers", model.layers(), 1);
    rules.atLeast("model.heads", model.heads(), 1);
    rules.atLeast("model.hidden", model.hidden(), 1);
    rules.atLeast("model.positions", model.positions(), 2);
    rules.require(
        "model.width",
        model.width(),
        model.width() > 0 && model.width() % 2 == 0 && model.width() % model.heads() == 0,
        "even, and a multiple of model.heads, " + model.heads());
    rules.require(
        "model.dropout", model.dropout(), model.dropout() >= 0 && model.dropout() < 1, "in [0, 1)");
  }

  private static void text(String where, String key, String value) {
    if (value.isBlank()) {
      throw new TrainingException(
          "%s: %s must be given; recipes/multi30k-en-de.yaml is an example".formatted(where, key));
    }
  }
}
