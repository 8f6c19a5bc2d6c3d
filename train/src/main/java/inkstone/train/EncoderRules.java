package inkstone.train;

/** What the values of an encoder's recipe must be, beyond their types. */
final class EncoderRules {

  private EncoderRules() {}

  static void check(String where, EncoderRecipe recipe) {
    var rules = new RecipeRules(where);
    rules.device(recipe.device());
    rules.pace(recipe);
    rules.training(recipe.training());
    var data = recipe.data();
    if (data.training().isEmpty()) {
      throw new TrainingException(
          where + ": data.training must name at least one file; for example [reviews.csv]");
    }
    rules.atLeast("data.context", data.context(), 4);
    share(rules, "data.validation_share", data.validationShare());
    share(rules, "data.test_share", data.testShare());
    double masked = recipe.masking().share();
    rules.require("masking.share", masked, masked > 0 && masked < 1, "in (0, 1)");
    var model = recipe.model();
    rules.atLeast("model.layers", model.layers(), 1);
    rules.atLeast("model.heads", model.heads(), 1);
    rules.atLeast("model.hidden", model.hidden(), 0);
    rules.atLeast("model.vocabulary", model.vocabulary(), 16);
    rules.require(
        "model.width",
        model.width(),
        model.width() > 0 && model.width() % Math.max(1, model.heads()) == 0,
        "a positive multiple of model.heads, " + model.heads());
    rules.require(
        "model.dropout", model.dropout(), model.dropout() >= 0 && model.dropout() < 1, "in [0, 1)");
    if (recipe.optimizer().kind() != Recipe.Optimizer.Kind.adamw) {
      throw new TrainingException(where + ": optimizer.kind must be adamw for an encoder");
    }
    if (recipe.training().recompute()
        || recipe.training().labelSmoothing() != 0
        || recipe.training().zLoss() != 0) {
      throw new TrainingException(
          where
              + ": training.recompute, label_smoothing and z_loss are for decoders; leave them out");
    }
  }

  private static void share(RecipeRules rules, String key, double share) {
    rules.require(key, share, share >= 0 && share < 1, "in [0, 1)");
  }
}
