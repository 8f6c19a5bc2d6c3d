package inkstone.train;

import inkstone.journal.Planned;
import inkstone.model.DecoderConfig;

/**
 * From minutes to a recipe. Of a ladder of shapes it takes the one for which {@link ScalingLaw}
 * promises the lowest loss, given the operations that fit into the time and the text at hand.
 */
record Plan(Recipe recipe, long tokens, double loss) {

  /**
   * Layers and width of the shapes that are considered; heads are 64 wide, 32 where the width is
   * below 128.
   */
  private static final int[][] LADDER = {
    {2, 64},
    {2, 96},
    {3, 96},
    {3, 128},
    {4, 128},
    {4, 192},
    {4, 256},
    {5, 256},
    {6, 256},
    {6, 320},
    {6, 384},
    {8, 384},
    {8, 512},
    {10, 512},
    {10, 640},
    {12, 768},
    {16, 768},
    {18, 1024},
    {24, 1024},
  };

  static final String RULE =
      "of a ladder of shapes, the lowest loss under the data-constrained scaling law of"
          + " Muennighoff et al. (2023, section 3.1), for the operations that fit into the time";

  /**
   * The vocabulary that suits text and time, a power of two: no more than one token for each 1,000
   * bytes, so that each is seen often enough, and no more than makes the output head about as
   * costly as the rest of the network (Tao et al., 2024, find that the best vocabulary grows with
   * the network, and slower).
   *
   * @param operations floating-point operations that fit into the time
   */
  static int vocabulary(long trainingBytes, double operations) {
    double network = Math.sqrt(operations / 120);
    double wanted = Math.min(trainingBytes / 1000.0, network / 256);
    return 1 << Math.clamp(Math.round(Math.log(wanted) / Math.log(2)), 9, 14);
  }

  /**
   * The best shape.
   *
   * @param draft all that is decided already
   * @param flopsPerSecond of training
   * @param seconds of training
   * @param uniqueTokens tokens of the training text
   */
  static Plan of(
      Recipe draft, int vocabulary, double flopsPerSecond, double seconds, long uniqueTokens) {
    Plan best = null;
    for (var shape : LADDER) {
      var recipe = shaped(draft, shape[0], shape[1]);
      var config = Networks.config(recipe, vocabulary);
      double tokens = flopsPerSecond * seconds / config.trainingFlopsPerToken(config.context());
      double loss = ScalingLaw.loss(config.matmulParameters(), tokens, uniqueTokens);
      if (best == null || loss < best.loss()) {
        best = new Plan(recipe, (long) tokens, loss);
      }
    }
    return java.util.Objects.requireNonNull(best);
  }

  private static Recipe shaped(Recipe draft, int layers, int width) {
    int heads = width % 64 == 0 ? width / 64 : width / 48;
    var model =
        new Recipe.Model(
            draft.model().family(),
            layers,
            heads,
            0,
            width,
            0,
            draft.model().context(),
            draft.model().bias(),
            draft.model().dropout());
    // The best rate falls with the width; 0.003 at width 256 was found by trying (docs/LOG.md).
    double rate = 0.003 * Math.sqrt(256.0 / width);
    return draft.with(model).with(draft.optimizer().rate(rate));
  }

  /**
   * The recipe with its steps and times set for a rate of training that was measured for it.
   *
   * @param seconds of training and the last evaluation
   * @param evaluation tokens of training that take as long as the last evaluation
   */
  Plan timed(double tokensPerSecond, double seconds, long evaluation) {
    var t = recipe.training();
    long perStep = (long) t.batch() * t.accumulate() * recipe.model().context();
    double all = tokensPerSecond * seconds;
    long planned =
        Math.max(
            10,
            (long) ((all - Math.min(evaluation, TrainingLoop.MOST_EVALUATION * all)) / perStep));
    int every = (int) Math.max(1, planned / 10);
    var training =
        new Recipe.Training(
            // Time decides; the bound is far, since a machine that was busy may become free.
            Math.toIntExact(Math.min(Integer.MAX_VALUE, 5 * planned)),
            Math.rint(seconds * 10) / 10,
            t.batch(),
            t.accumulate(),
            t.compute(),
            every,
            t.evaluateTokens(),
            3 * every,
            0,
            Math.min(60, Math.max(5, Math.rint(seconds / 20))),
            t.recompute(),
            t.labelSmoothing(),
            t.zLoss());
    var s = recipe.schedule();
    var schedule =
        new Recipe.Schedule(
            s.kind(), (int) Math.max(5, Math.min(200, planned / 20)), s.decay(), s.floor());
    return new Plan(recipe.with(training).with(schedule), planned * perStep, loss);
  }

  /** The event that tells of it. */
  Planned event(double minutes, DecoderConfig config) {
    var t = recipe.training();
    int perStep = t.batch() * t.accumulate() * config.context();
    return new Planned(
        minutes,
        config.parameters(),
        config.layers(),
        config.width(),
        config.heads(),
        config.context(),
        config.vocabulary(),
        tokens,
        tokens / perStep,
        perStep,
        minutes,
        true,
        RULE);
  }
}
