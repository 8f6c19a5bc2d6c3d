package inkstone.train;

/**
 * The learning rate of each step: linear warm-up, then the recipe's shape.
 *
 * @param schedule the recipe's part
 * @param peak the highest rate
 * @param steps the last step
 * @param decayStart the first step of a wsd schedule's decay
 */
public record LearningRate(Recipe.Schedule schedule, double peak, long steps, long decayStart) {

  /** A schedule over a number of steps that is known from the start. */
  public static LearningRate of(Pace recipe) {
    long steps = recipe.training().steps();
    long decay = Math.max(1, Math.round(steps * recipe.schedule().decay()));
    return new LearningRate(
        recipe.schedule(), recipe.optimizer().learningRate(), steps, steps - decay + 1);
  }

  /** The same with a decay that begins at {@code step} and takes the recipe's part of the whole. */
  public LearningRate decayingFrom(long step) {
    if (step == decayStart) {
      return this; // Working the steps out again could round them another way.
    }
    double part = schedule.decay();
    long decay = part >= 1 ? steps : Math.max(1, Math.round((step - 1) * part / (1 - part)));
    return new LearningRate(schedule, peak, step - 1 + decay, step);
  }

  /**
   * The rate of a step, counted from 1: {@code peak * step / (warmup + 1)} up to the warm-up's end;
   * after it half a cosine from the peak to the floor (Loshchilov and Hutter, 2017, formula 5), or
   * the peak and, from the decay's start, a straight line to the floor (Hu et al., 2024, section
   * 4), or {@code peak * sqrt(warmup / step)} (Vaswani et al., 2017, formula 3).
   */
  public double at(long step) {
    if (step <= schedule.warmupSteps()) {
      return peak * step / (schedule.warmupSteps() + 1.0);
    }
    double floor = peak * schedule.floor();
    return switch (schedule.kind()) {
      case constant -> peak;
      case inverse_sqrt -> peak * Math.sqrt(Math.max(1, schedule.warmupSteps()) / (double) step);
      case cosine -> {
        double done =
            (double) (step - schedule.warmupSteps()) / Math.max(1, steps - schedule.warmupSteps());
        yield floor + (peak - floor) * 0.5 * (1 + Math.cos(Math.PI * Math.min(1, done)));
      }
      case wsd -> {
        double left = (double) (steps - step + 1) / (steps - decayStart + 2);
        yield step < decayStart ? peak : floor + (peak - floor) * Math.max(0, left);
      }
    };
  }
}
