package inkstone.train;

/** What the values of a recipe must be, beyond their types. */
final class RecipeRules {

  private final String where;

  RecipeRules(String where) {
    this.where = where;
  }

  static void check(String where, Recipe recipe) {
    var rules = new RecipeRules(where);
    rules.device(recipe.device());
    rules.atLeast("tokenizer.vocabulary", recipe.tokenizer().vocabulary(), 257);
    rules.atLeast("data.budget_bytes", recipe.data().budgetBytes(), 0);
    rules.atLeast("data.held_out_bytes", recipe.data().heldOutBytes(), 1);
    rules.model(recipe.model());
    rules.pace(recipe);
    rules.training(recipe.training());
  }

  void device(String device) {
    if (!device.matches("cpu|cuda(:\\d+)?")) {
      throw new TrainingException(
          "%s: device must be cpu, cuda or cuda:N, but is %s".formatted(where, device));
    }
  }

  void pace(Pace recipe) {
    optimizer(recipe.optimizer());
    loop(recipe.training());
    schedule(recipe.schedule());
  }

  private void schedule(Recipe.Schedule schedule) {
    atLeast("schedule.warmup_steps", schedule.warmupSteps(), 0);
    require(
        "schedule.decay",
        schedule.decay(),
        schedule.decay() > 0 && schedule.decay() <= 1,
        "in (0, 1]");
    require(
        "schedule.floor",
        schedule.floor(),
        schedule.floor() >= 0 && schedule.floor() <= 1,
        "in [0, 1]");
  }

  private void model(Recipe.Model model) {
    atLeast("model.layers", model.layers(), 1);
    atLeast("model.heads", model.heads(), 1);
    atLeast("model.key_value_heads", model.keyValueHeads(), 0);
    atLeast("model.width", model.width(), 1);
    atLeast("model.hidden", model.hidden(), 0);
    atLeast("model.context", model.context(), 2);
    require(
        "model.width",
        model.width(),
        model.width() % model.heads() == 0,
        "a multiple of model.heads, " + model.heads());
    boolean llama = model.family() == Recipe.Model.Family.llama;
    int shared = model.keyValueHeads();
    require(
        "model.key_value_heads",
        shared,
        shared == 0 || (llama ? model.heads() % shared == 0 : model.heads() == shared),
        (llama ? "0 or a divisor of" : "0 or as many as") + " model.heads, " + model.heads());
    require(
        "model.width",
        model.width(),
        !llama || model.width() / model.heads() % 2 == 0,
        "an even number for each of model.heads, " + model.heads());
    require(
        "model.dropout", model.dropout(), model.dropout() >= 0 && model.dropout() < 1, "in [0, 1)");
  }

  private void optimizer(Recipe.Optimizer optimizer) {
    require(
        "optimizer.learning_rate",
        optimizer.learningRate(),
        optimizer.learningRate() > 0,
        "above 0");
    require(
        "optimizer.beta1",
        optimizer.beta1(),
        optimizer.beta1() >= 0 && optimizer.beta1() < 1,
        "in [0, 1)");
    require(
        "optimizer.beta2",
        optimizer.beta2(),
        optimizer.beta2() >= 0 && optimizer.beta2() < 1,
        "in [0, 1)");
    require("optimizer.epsilon", optimizer.epsilon(), optimizer.epsilon() > 0, "above 0");
    require(
        "optimizer.weight_decay",
        optimizer.weightDecay(),
        optimizer.weightDecay() >= 0,
        "0 or more");
    require("optimizer.clip", optimizer.clip(), optimizer.clip() >= 0, "0 or more");
    require(
        "optimizer.momentum",
        optimizer.momentum(),
        optimizer.momentum() >= 0 && optimizer.momentum() < 1,
        "in [0, 1)");
  }

  private void loop(Pace.Loop training) {
    atLeast("training.steps", training.steps(), 1);
    require("training.seconds", training.seconds(), training.seconds() >= 0, "0 or more");
    atLeast("training.accumulate", training.accumulate(), 1);
    atLeast("training.evaluate_every", training.evaluateEvery(), 0);
    atLeast("training.sample_every", training.sampleEvery(), 0);
    atLeast("training.patience", training.patience(), 0);
    require(
        "training.checkpoint_seconds",
        training.checkpointSeconds(),
        training.checkpointSeconds() > 0,
        "above 0");
    require(
        "training.label_smoothing",
        training.labelSmoothing(),
        training.labelSmoothing() >= 0 && training.labelSmoothing() < 1,
        "in [0, 1)");
  }

  void training(Recipe.Training training) {
    atLeast("training.batch", training.batch(), 1);
    atLeast("training.evaluate_tokens", training.evaluateTokens(), 1);
    require("training.z_loss", training.zLoss(), training.zLoss() >= 0, "0 or more");
  }

  void atLeast(String key, long value, long least) {
    require(key, value, value >= least, least + " or more");
  }

  void require(String key, Number value, boolean holds, String expected) {
    if (!holds || (value instanceof Double number && !Double.isFinite(number))) {
      throw new TrainingException(
          "%s: %s must be %s, but is %s".formatted(where, key, expected, value));
    }
  }
}
