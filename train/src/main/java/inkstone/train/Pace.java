package inkstone.train;

/** What every recipe says of the steps of its run, whatever network they teach. */
public sealed interface Pace permits Recipe, EncoderRecipe, TranslationRecipe {

  /** Of all that is random. */
  long seed();

  /** How a gradient moves the weights. */
  Recipe.Optimizer optimizer();

  /** The learning rate over the steps. */
  Recipe.Schedule schedule();

  /** The loop. */
  Loop training();

  /** What every recipe says of its loop. */
  sealed interface Loop permits Recipe.Training, TranslationRecipe.Training {

    /** Optimizer steps; with {@link #seconds}, only a bound. */
    int steps();

    /** In which a wsd schedule and the last evaluation should have ended; 0 for any time. */
    double seconds();

    /** What one forward and backward reads, in the course's unit. */
    int batch();

    /** Forwards and backwards of one optimizer step. */
    int accumulate();

    /** Steps between evaluations; 0 for only the last. */
    int evaluateEvery();

    /** Steps between samples; 0 for only the last. */
    int sampleEvery();

    /** Evaluations without an improvement after which to stop; 0 for never. */
    int patience();

    /** Between checkpoints. */
    double checkpointSeconds();

    /** The part of each target's probability that all tokens share. */
    double labelSmoothing();
  }
}
