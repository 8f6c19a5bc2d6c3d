package inkstone.train;

/** What every recipe says of the steps of its run, whatever network they teach. */
public sealed interface Pace permits Recipe, EncoderRecipe {

  /** Of all that is random. */
  long seed();

  /** How a gradient moves the weights. */
  Recipe.Optimizer optimizer();

  /** The learning rate over the steps. */
  Recipe.Schedule schedule();

  /** The loop. */
  Recipe.Training training();
}
